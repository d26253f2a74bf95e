export { finiteDifference } from './finite-difference.ts'
export { sequence } from './sequence.ts'
