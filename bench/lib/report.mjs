// What is printed and kept: figures beside their peers, and whether the targets are met.

import { mkdir, writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { dirname } from 'node:path';

import { TOLERANCE, USUAL, calibrate, isUsual } from './calibration.mjs';
import { summary } from './statistics.mjs';

const number = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)).padStart(8);

export class Report {
  sections = [];
  #print;

  constructor(facts, print = console.log) {
    this.facts = facts;
    this.#print = print;
  }

  /** Runs one section between two calibrations. */
  async section(title, work) {
    const section = { title, calibration: [calibrate()], load: [loadavg()[0]], figures: [] };
    this.sections.push(section);
    this.#print(`\n== ${title}\n${''.padEnd(66)}    runs     p50     p95     p99`);
    await work(new Section(section, this.#print));
    section.calibration.push(calibrate());
    section.load.push(loadavg()[0]);
    section.usual = isUsual(...section.calibration);
    const [before, after] = section.calibration.map(time => time.toFixed(1));
    this.#print(`   calibration ${before} ms before, ${after} ms after; load ${section.load.map(load => load.toFixed(1)).join(', ')}`);
    if (!section.usual) {
      this.#print(`   more than ${TOLERANCE * 100} % off ${USUAL} ms: targets in ms, µs and MB do not count in this run, ratios do`);
    }
  }

  /** The verdicts, in one line each where a target is missed. */
  conclude() {
    const all = this.sections.flatMap(section => section.figures.flatMap(figure =>
      figure.targets.map(target => ({ ...target, figure: figure.name, counts: target.kind === 'ratio' || section.usual }))));
    const missed = all.filter(target => !target.met);
    const counted = missed.filter(target => target.counts);
    this.#print(`\n${all.length - missed.length} of ${all.length} targets met; missed: ${counted.length}, and ${missed.length - counted.length} that do not count`);
    for (const target of missed) {
      this.#print(`  ${target.counts ? 'MISSED' : 'missed, does not count'}: ${target.figure}: ${target.text}, was ${number(target.value).trim()}`);
    }
  }

  async write(path) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${JSON.stringify({ ...this.facts, sections: this.sections }, null, 2)}\n`);
    this.#print(`\n${path}`);
  }
}

/** The figures of one section. */
class Section {
  #section;
  #print;

  constructor(section, print) {
    this.#section = section;
    this.#print = print;
  }

  /** A line of text that explains figures. */
  note(text) {
    (this.#section.notes ??= []).push(text);
    this.#print(`   ${text}`);
  }

  /**
   * One figure. `ours` and the values of `peers` are lists of samples or ready summaries.
   * Each target is `[text, value, limit]` with an optional `'ratio'`: met when the value is at most the limit.
   */
  figure(name, unit, ours, peers = {}, targets = () => []) {
    const summarise = samples => (Array.isArray(samples) ? summary(samples) : samples);
    const figure = { name, unit, ours: summarise(ours), peers: {}, targets: [] };
    for (const [peer, samples] of Object.entries(peers)) figure.peers[peer] = summarise(samples);
    figure.targets = targets(figure.ours, figure.peers).map(([text, value, limit, kind = 'absolute']) =>
      ({ text, value, limit, kind, met: value <= limit }));
    this.#section.figures.push(figure);
    this.#row(`${name}, ${unit}`, figure.ours);
    for (const [peer, samples] of Object.entries(figure.peers)) this.#row(`  beside: ${peer}`, samples);
    for (const target of figure.targets) {
      this.#print(`     ${target.met ? 'met   ' : 'MISSED'} ${target.text}: ${number(target.value).trim()}`);
    }
  }

  #row(name, samples) {
    const cells = [samples.p50, samples.p95, samples.p99].map(number).join('');
    this.#print(`   ${name.padEnd(63)}${String(samples.runs).padStart(8)}${cells}`);
  }
}
