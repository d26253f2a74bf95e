import { openStore, type Store, StoreError, type StoreErrorCode } from '@thalweg/store'
import { StartError, type StartErrorCode } from './start-error.ts'

const codes: Readonly<Record<StoreErrorCode, StartErrorCode>> = {
  locked: 'database-in-use',
  'newer-schema': 'database-newer',
  unreadable: 'database-unreadable',
  failed: 'database-unreadable',
}

/** The store in this file. Rejects with StartError. */
export async function openDatabase(path: string, now: () => number): Promise<Store> {
  try {
    return await openStore({ path, now })
  } catch (error) {
    if (error instanceof StoreError) throw new StartError(codes[error.code], error.message, error)
    throw error
  }
}
