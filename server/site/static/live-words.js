// How numbers and codes of the live layer read, and the few ways in which this page makes elements.
"use strict";

const MODES = new Map([
  [0, "osu!"],
  [1, "taiko"],
  [2, "catch"],
  [3, "mania"],
  [4, "osu! Relax"],
  [5, "taiko Relax"],
  [6, "catch Relax"],
  [8, "osu! Autopilot"],
]);

const PLAYING = 2;
const IN_LOBBY = 5;
const ACTIONS = [
  "Idle", "Away", "Playing", "Editing", "Modding", "In a lobby", "Watching", "Online", "Testing", "Submitting a score",
  "Pausing", "Looking for a lobby", "Playing in a lobby", "Browsing osu!direct",
];
// Who does one of these does it with a beatmap.
const WITH_MAP = new Set([2, 3, 4, 6, 8, 9, 10, 12]);

const MODS = [
  "NF", "EZ", "TD", "HD", "HR", "SD", "DT", "RX", "HT", "NC", "FL", "AU", "SO", "AP", "PF", "4K", "5K", "6K", "7K",
  "8K", "FI", "RN", "CN", "TP", "9K", "CO", "1K", "3K", "2K", "V2", "MR",
];

const TEAMS = ["", "Blue", "Red"];
const TEAM_TYPES = ["head to head", "tag co-op", "team VS", "tag team VS"];
const WIN_CONDITIONS = ["by score", "by accuracy", "by combo", "by ScoreV2"];
const BY_ACCURACY = 1;
const BY_COMBO = 2;

// How the game writes its grades, and the colour each has.
const GRADES = new Map([
  ["XH", ["SS", "silver"]],
  ["X", ["SS", "gold"]],
  ["SH", ["S", "silver"]],
  ["S", ["S", "gold"]],
  ["A", ["A", "green"]],
  ["B", ["B", "blue"]],
  ["C", ["C", "violet"]],
  ["D", ["D", "red"]],
  ["F", ["F", "red"]],
]);

function modsWords(bits) {
  return MODS.filter((word, place) => Math.floor(bits / 2 ** place) % 2 === 1).filter(
    // Each of these comes with another, which then goes without saying.
    (word, place, all) => !(word === "DT" && all.includes("NC")) && !(word === "SD" && all.includes("PF")),
  );
}

function modeWord(mode) {
  return MODES.get(mode) ?? `mode ${mode}`;
}

function actionWord(action) {
  return ACTIONS[action] ?? "Online";
}

function slotWord(slot) {
  if (slot.status & 32) return slot.loaded ? "playing" : "loading";
  if (slot.status & 8) return "ready";
  if (slot.status & 16) return "no map";
  if (slot.status & 64) return "finished";
  if (slot.status & 128) return "quit";
  return "not ready";
}

const countryNames = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });

function countryWord(code) {
  try {
    return (code.toLowerCase() !== "xx" && countryNames.of(code.toUpperCase())) || "Unknown country";
  } catch {
    return "Unknown country";
  }
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "short" });
const inFull = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "medium" });
const DAY = 24 * 3600;

// A moment in Unix seconds as people say it: the time of today, else with the day of the week, else the date.
function moment(seconds) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return "";
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return clock.format(date);
  if (Math.abs(now / 1000 - seconds) < 6 * DAY) return `${weekday.format(date)} ${clock.format(date)}`;
  return date.toLocaleDateString();
}

// Elements are made of names and text alone: whatever others wrote is put in as text.
function made(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
}

function madeTime(seconds, before = "") {
  const element = made("time", "quiet");
  setTime(element, seconds, before);
  return element;
}

function setTime(element, seconds, before) {
  const word = moment(seconds);
  setText(element, word && before + word);
  const date = new Date(seconds * 1000);
  if (!word || element.title === inFull.format(date)) return;
  element.dateTime = date.toISOString();
  element.title = inFull.format(date);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function unseen(text) {
  return made("span", "unseen", text);
}

function madeMods(bits) {
  const words = modsWords(bits);
  return words.length ? made("span", "mods", unseen("with "), words.join(" ")) : null;
}

function madeGrade(grade) {
  const [word, colour] = GRADES.get(grade) ?? [grade, "silver"];
  const element = made("span", "grade", word);
  element.dataset.colour = colour;
  return element;
}

function madeCountry(code) {
  const element = made("span", "country", code.toUpperCase());
  element.title = countryWord(code);
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", countryWord(code));
  return element;
}
