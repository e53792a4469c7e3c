// What is told of a job to people, the same on the command line, in the console and in a saved report.

export { AttemptLanes, barStart, firstAfter, type Lane } from './attempt-lanes.ts';
export { type CostRow, costRows, quantilesText, type TimeRow, timeRows } from './job-numbers.ts';
export { bytesText, confidenceText, countText, timeText } from './number-text.ts';
export { writeReport } from './read-report.ts';
export {
  edgeLine,
  edgeText,
  graphSize,
  STAGE_HEIGHT,
  STAGE_WIDTH,
  type Stage,
  type StageEdge,
  type StageGraph,
  stageGraph,
  stageSpot,
} from './stage-graph.ts';
export { valueJson, valuePreview, visible } from './value-text.ts';
