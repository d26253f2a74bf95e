export { finiteDifference } from './finite-difference.ts'
export { guarded } from './guarded.ts'
export { sequence } from './sequence.ts'
