import { runCli } from './cli.ts';
import { processTerminal } from './terminal.ts';

const code = await runCli(process.argv.slice(2), processTerminal());
// Whatever a library left open must not keep the command from ending once its output has left.
process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
