// What is told of a job to people, the same on the command line, in the console and in a saved report.
export { type CostRow, costRows, quantilesText, type TimeRow, timeRows } from './job-numbers.ts';
export { bytesText, countText, timeText } from './number-text.ts';
