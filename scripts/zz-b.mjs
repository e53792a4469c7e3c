import { build } from 'esbuild';
const plugin = { name:'pk', setup(b){ b.onResolve({filter:/^[^.\/]/},(a)=> (a.path.startsWith('@manytabs/')||a.path==='manytabs'||a.kind==='entry-point')?undefined:{path:a.path,external:true}); } };
await build({ absWorkingDir: process.cwd(), entryPoints:[process.argv[2]], outfile:'dist/node/scratch.mjs', bundle:true, platform:'node', format:'esm', plugins:[plugin], logLevel:'error' });
