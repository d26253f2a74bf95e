import type { Command } from 'commander'
import { findRun } from '../resource-id.ts'
import { isFinal, stateText } from '../run-state.ts'
import { serverAddress, serverOption } from '../server-address.ts'
import type { Surroundings } from '../surroundings.ts'

/** `thalweg cancel`: asks a run to stop. */
export function addCancel(program: Command, surroundings: Surroundings): void {
  program
    .command('cancel')
    .summary('stop a run')
    .description(
      'Stop a run: a queued one at once, a running one at its next step. What it recorded is kept.',
    )
    .argument('<id>', "the run's id, or the start or end of it")
    .addOption(serverOption())
    .addHelpText('after', '\nExample:\n  thalweg cancel 4f1c09ab')
    .action((id: string, options: { readonly server?: string }) => cancel(id, options.server, surroundings))
}

async function cancel(id: string, server: string | undefined, surroundings: Surroundings): Promise<void> {
  const client = surroundings.connect(serverAddress(server, surroundings))
  const run = await findRun(client, id)
  if (isFinal(run)) {
    surroundings.stdout.write(`Run ${run.id} had ended before: ${stateText(run)}.\n`)
    return
  }
  const cancelled = await client.cancel(run.id)
  surroundings.stdout.write(`Run ${run.id}: ${stateText(cancelled)}.\n`)
}
