import { ERRORS, type JobView } from '@manytabs/protocol';
import type { TaskResult } from '../client/api.ts';
import type { AttemptLanes } from './attempt-lanes.ts';
import { costRows, timeRows } from './job-numbers.ts';
import { html, Markup } from './markup.ts';
import { confidenceText, countText, timeText } from './number-text.ts';
import { progressBar, stageDrawing, timelineDrawing } from './report-drawings.ts';
import { REPORT_STYLE } from './report-style.ts';
import type { StageGraph } from './stage-graph.ts';
import { valuePreview, visible } from './value-text.ts';

/** What a report is written from. */
export interface ReportFacts {
  readonly view: JobView;
  readonly graph: StageGraph;
  readonly lanes: AttemptLanes;
  /** The first of them. */
  readonly results: readonly TaskResult<unknown>[];
  readonly writtenAt: number;
  /** A PNG of the job's picture, as a data URL. */
  readonly picture?: string | undefined;
}

/** One page that says all of a job, needs nothing beside itself, and runs nothing. */
export function reportHtml(facts: ReportFacts): string {
  const { view, graph, lanes, writtenAt } = facts;
  const name = visible(view.name) || view.jobId;
  const { text } = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name}</title>
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<style>${new Markup(REPORT_STYLE)}</style></head><body>
<h1>${name}</h1>
${head(view, writtenAt)}
${progressBar(view.tasks)}
<p class="soft">${countsText(view)}</p>
${picture(facts)}
${section('Time of a task', timesTable(view))}
${section('Cost', costTable(view))}
${graph.stages.length > 1 ? section('Stages', html`<div class="scroll">${stageDrawing(graph, view)}</div>`) : undefined}
${lanes.count > 0 ? section(`Attempts: ${countText(lanes.count)}`, timeline(lanes)) : undefined}
${section('Errors', errorsTable(view))}
${section('Volunteers', volunteersTable(view))}
${section('Results', resultsTable(facts))}
</body></html>
`;
  return text;
}

function head(view: JobView, writtenAt: number): Markup {
  const { state, reason, owner, jobId, kind, submittedAt, endedAt = writtenAt } = view;
  const why = reason === '' ? '' : `: ${visible(reason)}`;
  const trust = view.tier
    ? `trust ${view.tier}`
    : `${view.quorum.minQuorum} agreeing results a task`;
  return html`<p><strong class="state">${state}</strong>${why}, ${timeText(endedAt - submittedAt)}</p>
<p class="soft">by ${visible(owner)}, ${kind}, ${trust}, priority ${view.priority}, submitted ${stamp(submittedAt)}, written ${stamp(writtenAt)}, <code>${jobId}</code></p>`;
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function section(title: string, content: Markup | undefined): Markup | undefined {
  return content && html`<section><h2>${title}</h2>${content}</section>`;
}

function countsText({ tasks, disagreements }: JobView): string {
  const parts = [`${countText(tasks.final)} of ${countText(tasks.total)} tasks final`];
  if (tasks.failed > 0) parts.push(`${countText(tasks.failed)} failed`);
  if (disagreements > 0) parts.push(`${countText(disagreements)} results outvoted`);
  return `${parts.join(', ')}.`;
}

function picture({ picture: url, view }: ReportFacts): Markup | undefined {
  if (!url?.startsWith('data:image/png;base64,')) return undefined;
  return html`<p><img src="${url}" alt="The picture of ${visible(view.name)}"></p>`;
}

function timesTable(view: JobView): Markup | undefined {
  const rows = timeRows(view);
  if (rows.length === 0) return undefined;
  return html`<table><tr><th></th><th class="n">half within</th><th class="n">90 %</th><th class="n">99 %</th></tr>
${rows.map(({ name, quantiles: { p50, p90, p99 } }) => html`<tr><th>${name}</th>${[p50, p90, p99].map((ms) => html`<td class="n">${timeText(ms)}</td>`)}</tr>`)}</table>`;
}

function costTable(view: JobView): Markup {
  return html`<table>${costRows(view).map(({ name, value }) => html`<tr><th>${name}</th><td class="n">${value}</td></tr>`)}</table>`;
}

function timeline(lanes: AttemptLanes): Markup {
  return html`${timelineDrawing(lanes)}<p class="soft">A row for each worker. Full: reported; taller: failed; low half: lost; a line: not needed any more.</p>`;
}

function errorsTable({ errors }: JobView): Markup | undefined {
  if (errors.length === 0) return undefined;
  const sorted = [...errors].sort((a, b) => b.count - a.count);
  return html`<table><tr><th class="n">times</th><th>message</th><th>example</th><th>what to do</th></tr>
${sorted.map(
  ({ code, message, count, example }) =>
    html`<tr><td class="n">${countText(count)}</td><td>${visible(message)}<br><code>${code}</code></td><td>${example ? `task ${example.index}` : ''}</td><td>${ERRORS[code] ?? ''}</td></tr>`,
)}</table>`;
}

const VOLUNTEERS_MAX = 50;

function volunteersTable({ volunteers }: JobView): Markup | undefined {
  if (volunteers.length === 0) return undefined;
  const most = volunteers.slice(0, VOLUNTEERS_MAX);
  const rest = volunteers.length - most.length;
  return html`<table><tr><th>volunteer</th><th class="n">tasks</th></tr>
${most.map(({ volunteer, tasks }) => html`<tr><td><code>${volunteer}</code></td><td class="n">${countText(tasks)}</td></tr>`)}</table>
${rest > 0 ? html`<p class="soft">and ${rest} more</p>` : undefined}`;
}

function resultsTable({ results, view }: ReportFacts): Markup | undefined {
  if (results.length === 0) return undefined;
  const rest = view.tasks.final + view.tasks.failed - results.length;
  return html`<table><tr><th class="n">task</th><th>value</th><th>trust</th></tr>
${results.map((result) => html`<tr><td class="n">${result.index}</td><td class="value">${valueText(result)}</td><td>${trustText(result)}</td></tr>`)}</table>
${rest > 0 ? html`<p class="soft">and ${countText(rest)} more, which are not in this report</p>` : undefined}`;
}

function valueText(result: TaskResult<unknown>): string {
  if (result.status === 'fulfilled') return valuePreview(result.value);
  return visible(`${result.error.code}: ${result.error.message}`).slice(0, 240);
}

function trustText(result: TaskResult<unknown>): string {
  if (result.status === 'rejected') return `failed after ${result.attempts} attempts`;
  const { state, trust, confidence } = result;
  return `${state}, ${trust.votes} agree, ${confidenceText(confidence)}`;
}
