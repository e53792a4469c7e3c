import { LIMITS } from '@manytabs/protocol';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CompareOption } from 'manytabs';
import type { UpOptions } from './commands/up.ts';
import type { ExitCode } from './exit-code.ts';
import { addFileCommands } from './file-program.ts';
import { parseCompare } from './parse-compare.ts';
import type { Terminal } from './terminal.ts';

const PORT_DEFAULT = 4600;
const HOST_DEFAULT = '127.0.0.1';

/**
 * The `manytabs` command. Each command's code is loaded when it is called for, so that `jobs` does not load a
 * coordinator. `done` gets the exit code.
 */
export function buildProgram(terminal: Terminal, done: (code: ExitCode) => void): Command {
  const program = new Command('manytabs')
    .description('One computer made of many browser tabs.')
    .showHelpAfterError(false);
  const builder = new Builder(program, terminal, done);
  addGridCommands(builder);
  addOwnerCommands(builder);
  addStoreCommands(builder);
  addRun(builder);
  addSample(builder);
  addJobCommands(builder);
  addComputerCommands(builder);
  addFileCommands(builder);
  addProjectCommands(builder, program);
  return program;
}

type Work = (...args: never[]) => Promise<ExitCode>;

/** Adds commands that end in an exit code and share their options. */
export class Builder {
  readonly #program: Command;
  readonly #done: (code: ExitCode) => void;
  readonly terminal: Terminal;

  constructor(program: Command, terminal: Terminal, done: (code: ExitCode) => void) {
    this.#program = program;
    this.terminal = terminal;
    this.#done = done;
  }

  add(usage: string, description: string, work: Work): Command {
    const command = this.#program.command(usage).description(description);
    return command.option('--json', 'one JSON object a line on stdout').action(async (...args) => {
      this.#done(await work(...(args as never[])));
    });
  }

  /** A command that talks to a grid. */
  addForGrid(usage: string, description: string, work: Work): Command {
    return this.add(usage, description, work)
      .option('--url <address>', 'of the grid; else MANYTABS_URL, else the one started here')
      .option('--token <token>', 'for the grid; else MANYTABS_TOKEN, else of the one started here');
  }
}

function addGridCommands(builder: Builder): void {
  const { terminal } = builder;
  builder
    .add('up', 'start a grid', async (options: UpOptions) => {
      const { up } = await import('./commands/up.ts');
      return up(terminal, options);
    })
    .option('--port <port>', 'to listen on; 0 takes a free one', whole(0, 65_535), PORT_DEFAULT)
    .option('--udp-port <port>', 'of WebRTC (default: a free one)', whole(1, 65_535))
    .option('--host <address>', 'to listen on; 0.0.0.0 for the whole network', HOST_DEFAULT)
    .option('--data <folder>', 'for what the grid keeps (default: .manytabs here)')
    .addOption(
      new Option('--database <url>', 'of a PostgreSQL, for what the grid keeps')
        .env('MANYTABS_DATABASE')
        .argParser(postgresAddress),
    )
    .addOption(
      new Option('--blobs <address>', 's3://BUCKET/PREFIX?endpoint=URL, for large data').env(
        'MANYTABS_BLOBS',
      ),
    )
    .option('--advertise <url>', 'where other servers on the database reach this one', webAddress)
    .option('--public <url>', 'where people reach the grid, of a proxy for example', webAddress)
    .option('--keep-jobs <count>', 'that ended, the newest', whole(1, 100_000), 1_000)
    .option('--keep-gib <size>', 'of results of jobs that ended', whole(1, 1_000_000), 8)
    .option('--keep-unused <s>', 'for data that no job and no file needs', whole(1, 2_592_000), 600)
    .addOption(
      new Option('--ice-server <url>', 'stun:… or turn:…[,user,credential] for tabs; repeatable')
        .env('MANYTABS_ICE_SERVERS')
        .argParser(manyWords),
    )
    .addOption(
      new Option('--turn-secret <text>', 'shared with the TURN servers (static-auth-secret)').env(
        'MANYTABS_TURN_SECRET',
      ),
    )
    .option('--log <file>', 'log as JSON, one object a line; - for stderr')
    .option('--drain <seconds>', 'to wait at the end for results on their way', whole(0, 3_600), 5)
    .option('--private', 'donating takes a token too')
    .option(
      '--sandbox-origin <url>',
      'to serve the sandbox page from, such as http://*.localhost:4601',
    )
    .option('--allow-host <name>', 'that the grid is reached by, for example behind a proxy', many)
    .option('--allow-origin <url>', 'of a site whose pages may call the grid', many)
    .option('--open', 'show the console in the browser of this desktop');
  builder
    .addForGrid('volunteer [url]', 'donate from headless tabs', async (url, options) => {
      const { volunteer } = await import('./commands/volunteer.ts');
      return volunteer(terminal, url, options);
    })
    .option('--tabs <count>', 'how many tabs', whole(1, 64), 1)
    .option('--workers <count>', 'of each tab', whole(1, LIMITS.WORKERS_PER_VOLUNTEER_MAX))
    .option('--memory <mb>', 'that one task may have', whole(1, 2 ** 20))
    .option('--trusted', 'tabs whose word counts: they present the token of the grid')
    .option('--fault <kind>', 'misbehave, for a drill: wrong, slow:F, vanish:MS, …', fault);
  builder.addForGrid('doctor', 'say what this machine and its grid lack', async (options) => {
    const { doctor } = await import('./commands/doctor.ts');
    return doctor(terminal, options);
  });
}

/** Commands of the owner of a grid. */
function addOwnerCommands(builder: Builder): void {
  const { terminal } = builder;
  builder
    .addForGrid(
      'token <action> [id]',
      'create, list or revoke tokens',
      async (action, id, options) => {
        const { token } = await import('./commands/token.ts');
        return token(terminal, action, id, options);
      },
    )
    .option('--scope <scope>', 'create: submit, admin, volunteer or embed')
    .option('--origin <url>', 'create: a site that may use it; may be repeated', many)
    .option('--expires <time>', 'create: 90s, 30m, 1h, 7d, or ISO 8601 (default: never)')
    .option('--name <text>', 'create: for whom or what it is')
    .option('--untrusted', 'create: a volunteer token that only lets in')
    .option('--max-jobs <count>', 'create: jobs at a time', whole(0, LIMITS.JOBS_MAX))
    .option('--max-tasks <count>', 'create: tasks a job', whole(1, LIMITS.TASKS_PER_JOB_MAX))
    .option('--max-bytes <count>', 'create: bytes uploaded a day', whole(0, 2 ** 50));
  builder
    .addForGrid('audit', 'what was done to the grid, and by whom', async (options) => {
      const { audit } = await import('./commands/audit.ts');
      return audit(terminal, options);
    })
    .option('--verify', 'check the chain of hashes')
    .option('--since <hash>', 'that was kept elsewhere: it must still be in the chain');
}

function many(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** As an environment variable holds them: with spaces between. */
function manyWords(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.trim().split(/\s+/)];
}

function addStoreCommands(builder: Builder): void {
  const { terminal } = builder;
  const place = (command: Command) =>
    command
      .option('--data <folder>', 'of the grid (default: .manytabs here)')
      .addOption(
        new Option('--database <url>', 'of a PostgreSQL; else MANYTABS_DATABASE where no --data is')
          .argParser(postgresAddress)
          .conflicts('data'),
      );
  place(
    builder.add(
      'backup <file>',
      'write all that a grid keeps, up or not',
      async (file, options) => {
        const { backup } = await import('./commands/backup.ts');
        return backup(terminal, file, options);
      },
    ),
  );
  place(
    builder.add(
      'restore <file>',
      'make a grid of a backup, where none is',
      async (file, options) => {
        const { restore } = await import('./commands/backup.ts');
        return restore(terminal, file, options);
      },
    ),
  );
}

function addRun(builder: Builder): void {
  builder
    .addForGrid(
      'run <file>',
      'run a .js, .ts, .wasm or .py file on the tabs',
      async (file, options) => {
        const { run } = await import('./commands/run.ts');
        return run(builder.terminal, file, options);
      },
    )
    .option(
      '--inputs <inputs>',
      'range:A..B, FILE.ndjson, FILE.csv, grid:/path/*, or - (default: one task)',
    )
    .option('--export <name>', 'of the module (default: its default, or its only one)')
    .option('--args <json>', 'what every task finds in ctx.args')
    .option('--file <local[=path]>', 'that every task may read; may be repeated', many)
    .addOption(
      new Option('--trust <tier>', 'how sure a result must be').choices([
        'none',
        'draft',
        'standard',
        'strict',
      ]),
    )
    .option(
      '--compare <how>',
      'bytes, set, float:abs=1e-9,rel=1e-6,ulps=4, image:psnr=40, equal (an export of the task)',
      compare,
    )
    .option('--verify [export]', 'volunteers check results by an export of the task ("verify")')
    .addOption(
      new Option('--determinism <level>', 'how much browsers may differ').choices([
        'strict-js',
        'strict-wasm',
        'class',
        'tolerant',
      ]),
    )
    .option('--quorum <count>', 'volunteers that must agree', whole(1, 64))
    .option('--name <text>', 'of the job (default: the name of the file)')
    .option('--priority <level>', '0 to 9', whole(0, 9))
    .option('--timeout <ms>', 'of one task', whole(1, LIMITS.TASK_TIMEOUT_MS_MAX))
    .option('--memory <mb>', 'of one task: goes to tabs that give as much', whole(1, 2 ** 20))
    .option('--space <prefix>', "of shared values that the job's tasks use (ctx.space)")
    .option('--retries <count>', 'failed executions to forgive per task', whole(0, 64))
    .option('--backoff <ms>', 'to rest before the first repetition, doubling', whole(1, 86_400_000))
    .option('--deadline <ms>', 'after which the job ends with what it has', whole(1, 2_592_000_000))
    .option('--budget <seconds>', 'of computing, after which it ends with what it has', seconds)
    .option('--key <text>', 'the same program under the same key is the same job')
    .option('--estimate', 'run three tasks and say what all would take')
    .option('--out <path>', 'a file for the results, or a folder for a file each')
    .option('--detach', 'print the id of the job and leave it running')
    .addHelpText('after', RUN_EXAMPLES);
}

const RUN_EXAMPLES = `
Examples:
  manytabs run square.mjs --inputs range:0..1000
  cat list.ndjson | manytabs run f.js --inputs - --json | jq .value
  manytabs run render.ts --inputs tiles.csv --quorum 2 --out tiles/
  manytabs run f.js --inputs range:0..1000000 --estimate`;

function addProjectCommands(builder: Builder, program: Command): void {
  const { terminal } = builder;
  builder
    .add(
      'init [folder]',
      'begin a project with a task, its inputs and a program',
      async (folder, options) => {
        const { init } = await import('./commands/init.ts');
        return init(terminal, folder, options);
      },
    )
    .addHelpText('after', '\nThen: cd FOLDER && npm install && npm run local');
  builder
    .add('completion <shell>', 'a completion script for bash, zsh or fish', async (shell) => {
      const { completion } = await import('./commands/completion.ts');
      return completion(terminal, shell, program);
    })
    .addHelpText('after', '\nFor bash, in ~/.bashrc: source <(manytabs completion bash)');
}

function addSample(builder: Builder): void {
  builder
    .addForGrid(
      'sample [id]',
      'run a sample with a known answer, or list them',
      async (id, options) => {
        const { sample } = await import('./commands/sample.ts');
        return sample(builder.terminal, id, options);
      },
    )
    .addOption(
      new Option(
        '--trust <tier>',
        'how sure a result must be (default: standard, with three volunteers)',
      ).choices(['none', 'draft', 'standard', 'strict']),
    )
    .option('--out <file>', 'for the picture (default: ID.png)');
}

function addJobCommands(builder: Builder): void {
  const { terminal } = builder;
  builder.addForGrid('jobs', 'list the jobs', async (options) => {
    const { jobs } = await import('./commands/jobs.ts');
    return jobs(terminal, options);
  });
  builder
    .addForGrid('job <id>', 'show a job', async (id, options) => {
      const { job } = await import('./commands/jobs.ts');
      return job(terminal, id, options);
    })
    .option('--report <file>', 'writes all about it as one HTML file instead');
  builder
    .addForGrid('results <id>', 'the results of a job, until it ends', async (id, options) => {
      const { results } = await import('./commands/results.ts');
      return results(terminal, id, options);
    })
    .option('--out <path>', 'a file for the results, or a folder for a file each');
  builder
    .addForGrid('logs <id>', 'what the tasks of a job logged', async (id, options) => {
      const { logs } = await import('./commands/logs.ts');
      return logs(terminal, id, options);
    })
    .option('-f, --follow', 'go on until the job ends');
  builder
    .addForGrid('retry <id>', 'run the failed tasks again, as a job', async (id, options) => {
      const { retry } = await import('./commands/retry.ts');
      return retry(terminal, id, options);
    })
    .option('--detach', 'print the id of the job and leave it running');
  for (const action of ['cancel', 'pause', 'resume'] as const) {
    addControl(builder, `${action} <id>`, `${action} a job`, action);
  }
  builder
    .addForGrid(
      'explain <id>',
      'why a job does not run, or not faster; why a result is believed',
      async (id, options) => {
        const { explain } = await import('./commands/explain.ts');
        return explain(terminal, id, options);
      },
    )
    .option(
      '--task <index>',
      'who computed this task, and why its result is believed',
      whole(0, LIMITS.TASKS_PER_JOB_MAX),
    );
}

function addControl(
  builder: Builder,
  usage: string,
  description: string,
  action: 'cancel' | 'pause' | 'resume',
): void {
  const command = builder.addForGrid(usage, description, async (id, options) => {
    const { control } = await import('./commands/control.ts');
    return control(builder.terminal, action, id, options);
  });
  if (action === 'cancel') command.option('--reason <text>', 'shown with the job');
}

function addComputerCommands(builder: Builder): void {
  const { terminal } = builder;
  builder.addForGrid('ps', 'the processes of the one computer: its live jobs', async (options) => {
    const { ps } = await import('./commands/ps.ts');
    return ps(terminal, options);
  });
  addControl(builder, 'kill <pid>', 'end a process: cancel its job', 'cancel');
  builder.addForGrid('top', 'load, processes and volunteers, every second', async (options) => {
    const { top } = await import('./commands/top.ts');
    return top(terminal, options);
  });
  builder
    .addForGrid('nodes', 'the volunteers that are here', async (options) => {
      const { nodes } = await import('./commands/nodes.ts');
      return nodes(terminal, options);
    })
    .option('--quarantined', 'instead those who were found wrong too often, here or not');
  builder
    .addForGrid('events', 'what happened on the grid', async (options) => {
      const { events } = await import('./commands/events.ts');
      return events(terminal, options);
    })
    .option('-f, --follow', 'go on until Ctrl-C');
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function postgresAddress(text: string): string {
  if (/^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It looks like postgres://user:password@host:5432/database.');
}

function webAddress(text: string): string {
  if (/^https?:\/\/[^/]/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('It looks like https://grid.example.org.');
}

function compare(text: string): CompareOption {
  const option = parseCompare(text);
  if (option !== undefined) return option;
  throw new InvalidArgumentError(
    'It must be bytes, set, float:abs=1e-9,rel=1e-6,ulps=4 (any of the three), or image:psnr=40.',
  );
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 2_592_000) return value;
  throw new InvalidArgumentError('It must be a number of seconds, at most 2592000.');
}

function fault(text: string): string {
  if (/^(wrong|silent|corrupt-shards|slow:\d{1,4}|vanish:\d{1,7})$/.test(text)) return text;
  throw new InvalidArgumentError('It must be wrong, slow:F, vanish:MS, corrupt-shards or silent.');
}
