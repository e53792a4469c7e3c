import { Grid, range } from './manytabs.mjs';

// With #token=… in the address: on the grid that serves this page. Without: in this tab alone, in its /sandbox.html.
const token = new URLSearchParams(location.hash.slice(1)).get('token');
const show = (id, text) => {
  document.getElementById(id).textContent = text;
};

try {
  const grid = await (token ? Grid.connect(location.origin, { token }) : Grid.local());
  show('where', token ? 'the grid' : 'this tab');
  const job = grid.map(range(20), (n) => n * n, { name: 'squares' });
  job.on('progress', ({ tasks }) => {
    document.getElementById('bar').value = tasks.final;
  });
  show('values', (await job).join(', '));
  await grid.close();
} catch (error) {
  show('problem', `${error.code}: ${error.message} ${error.hint ?? ''}`);
}
