// (g) Agents: what a step costs beside the model and the page, how long a prompt is, and many at once.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { cleaned } from '../lib/cleanup.mjs';
import { LASTING, startGuise, startSite } from '../lib/guise.mjs';
import { TESTMODEL } from '../lib/programs.mjs';
import { tokens } from '../lib/statistics.mjs';
import { until } from '../lib/time.mjs';

/** Agents at once, each in a session of its own, and the steps of each. */
const TOGETHER = { agents: 20, steps: 5 };
/** Clients that name no model of their own. */
const MODEL = 'openai/some-model';

/** The provider of the scripted model: `{ variables, says(replies), asked(), stop() }`. */
async function startModel() {
  const child = spawn(TESTMODEL, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const { url, openai } = JSON.parse(line);
  const post = async (path, body) => {
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? null) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  return {
    variables: { OPENAI_BASE_URL: openai, OPENAI_API_KEY: 'sk-of-the-benchmarks', GUISE_MODEL: MODEL },
    says: async replies => {
      await post('/_reset');
      await post('/_replies', replies);
    },
    asked: async () => (await fetch(`${url}/_requests`)).json(),
    stop: async () => {
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}

const call = (name, values) => ({ calls: [{ name, arguments: values }] });
const completion = call('completion', { success: true, answer: 'done' });
/** A script of `count` steps, the last of which ends it. */
const steps = count => [...Array(count - 1).keys()].map(number => call('evaluate_js', { code: `${number}` })).concat(completion);

async function begin(api, session, url, maxSteps) {
  const task = 'Find out what the page is about, and say so in one sentence.';
  const { agent_id: id } = await api.call('POST', '/agents/start', { task, session_id: session, url, max_steps: maxSteps });
  return async () => until('the agent ends', () => api.call('GET', `/agents/${id}/trace`), trace => trace.agent.status === 'closed', 120);
}

const milliseconds = time => Date.parse(time.slice(0, 23) + 'Z') + Number(time.slice(23, -1) || 0) / 1000;

/** What each step took beside its model and its page, in milliseconds. */
function overheads({ agent, asked }) {
  const all = [];
  let [began, elsewhere, question] = [0, 0, 0];
  for (const { type, value } of agent.steps) {
    const took = () => milliseconds(value.ended_at) - milliseconds(value.started_at);
    if (type === 'agent_step_start') [began, elsewhere] = [milliseconds(value.started_at), 0];
    else if (type === 'observation' || type === 'execution_result') elsewhere += took();
    else if (type === 'agent_completion') elsewhere += asked[question++].took_ms;
    else all.push(milliseconds(value.ended_at) - began - elsewhere);
  }
  return all;
}

const characters = body => body.messages.reduce((sum, { content }) =>
  sum + (typeof content === 'string' ? content.length : content.reduce((part, { text }) => part + (text?.length ?? 0), 0)), 0);

export const title = '(g) Agents';

export async function run(section, scale) {
  await cleaned(async cleanup => {
    const site = cleanup.keep(await startSite());
    const model = cleanup.keep(await startModel());
    const guise = cleanup.keep(await startGuise(2, { ...model.variables, GUISE_SLOTS: String(TOGETHER.agents + 4) }));
    const { api } = guise;
    const start = async () => (await api.call('POST', '/sessions/start', LASTING)).session_id;

    const session = await start();
    const samples = [];
    for (let round = 0; round < scale.rounds(10); round += 1) {
      await model.says(steps(20));
      const trace = await (await begin(api, session, `${site.origin}/shop`, 20))();
      if (trace.agent.success !== true) throw new Error(trace.agent.answer);
      // The first step is for what is made on first use.
      samples.push(...overheads(trace).slice(1));
    }
    section.figure('a step of an agent, beside its model and its page, ms', 'ms', samples, {}, ours => [['p50 ≤ 30 ms', ours.p50, 30]]);

    for (const path of ['/table?rows=2000', '/shop']) {
      await model.says([completion]);
      await (await begin(api, session, site.origin + path, 1))();
      const [{ body }] = await model.asked();
      const [prompt, tools] = [characters(body), JSON.stringify(body.tools).length].map(tokens);
      section.figure(`the prompt on ${path}`, 'tokens', [prompt], { 'the tools, which are the same on every page': [tools] }, ours =>
        (path.startsWith('/table') ? [['≤ 2,000 tokens', ours.max, 2000]] : []));
    }
    await api.call('DELETE', `/sessions/${session}/stop`);

    await model.says([...Array(TOGETHER.agents * (TOGETHER.steps - 1)).keys()].map(number => call('evaluate_js', { code: `${number}` })));
    const sessions = [];
    for (let number = 0; number < TOGETHER.agents; number += 1) sessions.push(await start());
    const waits = await Promise.all(sessions.map(id => begin(api, id, `${site.origin}/shop`, TOGETHER.steps - 1)));
    const traces = await Promise.all(waits.map(wait => wait()));
    const failed = traces.flatMap(({ agent }) => agent.steps).filter(({ type, value }) => type === 'execution_result' && !value.success).length;
    const unfinished = traces.filter(({ agent }) => agent.steps.filter(({ type }) => type === 'agent_step_stop').length !== TOGETHER.steps - 1).length;
    section.figure(`${TOGETHER.agents} agents at once, a step of each, beside model and page`, 'ms', traces.flatMap(overheads), {}, () => [
      ['no failed step', failed, 0, 'ratio'],
      ['no agent without all its steps', unfinished, 0, 'ratio'],
    ]);
  });
}
