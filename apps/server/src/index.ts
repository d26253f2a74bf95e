export { StartError, type StartErrorCode } from './start-error.ts'
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts'
