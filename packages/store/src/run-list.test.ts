import { openStore } from './open-store.ts'
import { runListSuite } from './run-list.suite.ts'

runListSuite('the run list on SQLite', (now) => openStore({ path: ':memory:', now }))
