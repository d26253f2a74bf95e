#!/usr/bin/env node
import { processSurroundings } from './process-surroundings.ts'
import { runProgram } from './program.ts'

// `thalweg runs | head` closes the pipe early: the reader has enough, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await runProgram(process.argv.slice(2), processSurroundings())
