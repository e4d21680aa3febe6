import { number, span } from './say.ts';
import { english } from './words.ts';
import type { Words } from './words.ts';

const nbsp = '\u00a0';
const points = (count: number): string => (count === 1 ? '1 Punkt' : `${count} Punkte`);

function lift(times: number): string {
  if (times >= 1.25) return `${number(times, times >= 3 ? 0 : 1, 'de')}${nbsp}× so viel wie üblich`;
  if (times >= 0.8) return 'Etwa wie üblich';
  if (times >= 0.6) return 'Zwei Drittel des Üblichen';
  if (times >= 0.4) return 'Die Hälfte des Üblichen';
  if (times >= 0.1) return `Ein ${['Drittel', 'Viertel', 'Fünftel', 'Sechstel', 'Siebtel', 'Achtel', 'Neuntel', 'Zehntel'][Math.round(1 / times) - 3] ?? 'Zehntel'} des Üblichen`;
  return 'Weniger als ein Zehntel des Üblichen';
}

export const german: Words = {
  ...english,
  locale: 'de',
  bands: { low: 'Gering', watch: 'Beachten', likely: 'Wahrscheinlich', critical: 'Kritisch', unknown: 'Unbekannt' },
  notScored: 'Noch nicht bewertet',
  unknownTitle: 'Zu wenig bekannt für eine Aussage',
  moved: (count, up) => `${points(count)} ${up ? 'gestiegen' : 'gefallen'} seit dem letzten Blick`,

  cardLabel: 'Eskalationsrisiko',
  cardEmpty: 'Öffnen Sie ein Ticket, um zu sehen, wie wahrscheinlich es eskaliert, und warum.',
  cardWaiting: 'Das Ticket wird gelesen…',
  notEnough: 'Zu wenig bekannt für eine Aussage.',
  within: (hours) => `Wahrscheinlichkeit, in ${hours <= 72 ? span(hours) : `${Math.round(hours / 24)}${nbsp}Tagen`} zu eskalieren`,
  expected: 'zu erwarten',
  lift,
  usual: (share) => `Üblich: ${share}`,
  range: () => 'Eine grobe Spanne: wie weit das Modell selbst danebenliegen kann',
  asOf: ['Stand ', '.'],
  trend: (count, up, since) => `${points(count)} ${up ? 'gestiegen' : 'gefallen'} seit ${since}`,
  trendFlat: (since) => `unverändert seit ${since}`,
  why: 'Warum',
  raises: 'erhöht',
  lowers: 'senkt',
  raisesTheRisk: 'erhöht das Risiko, ',
  lowersTheRisk: 'senkt das Risiko, ',
  ofTheScore: ' der Bewertung',
  rest: 'Alles andere zusammen',
  noReasons: 'Nichts sticht hervor.',
  who: 'Wer',
  assign: 'Zuweisen',
  assignTo: (name) => `${name} zuweisen`,
  assigned: (name) => `${name} zugewiesen`,
  whatIf: 'Was es ändern würde',
  whatIfNote: 'Die Antwort des Modells, kein Versprechen',
  assumed: (change) => `Als ob: ${change}`,
  backToNow: 'Zurück zu jetzt',
  dataOf: (moment) => `Daten von ${moment}`,
  dataOld: (moment) => `Die Daten sind von ${moment}. Neuere Ereignisse fehlen.`,
  reload: 'Neu laden',

  agree: 'Stimmt',
  disagree: 'Stimmt nicht',
  snooze: 'Später',
  feedback: 'Ihre Sicht auf diese Bewertung',
  expectsYes: 'Es wird eskalieren',
  expectsNo: 'Es wird nicht eskalieren',
  because: 'Weil',
  disagreeReasons: ['Wird schon gelöst', 'Eine bekannte Frage', 'Die Gründe stimmen nicht', 'Die Daten sind alt'],
  snoozeSpans: [
    { label: `1${nbsp}h`, hours: 1 },
    { label: `4${nbsp}h`, hours: 4 },
    { label: 'Morgen', hours: 24 },
  ],
  ownWords: 'In eigenen Worten',
  send: 'Senden',
  cancel: 'Abbrechen',
  undo: 'Zurücknehmen',
  agreed: 'Sie stimmten zu.',
  disagreed: 'Sie stimmten nicht zu.',
  snoozed: (moment) => `Zurückgestellt bis ${moment}.`,

  queue: 'Ihre Tickets',
  boardWaiting: 'Die Tickets werden gelesen…',
  boardEmpty: 'Keine offenen Tickets. Neue erscheinen hier von selbst.',
  boardNoMatch: 'Kein Ticket passt.',
  clearFilter: 'Alle zeigen',
  capacity: (count) => `Ihre ersten ${count} heute`,
  capacityEnds: (count) => `Hier enden Ihre ersten ${count} heute`,
  belowCapacity: (count) => `Unter Ihren ersten ${count}`,
  filter: 'Tickets filtern',
  sortBy: 'Sortieren nach',
  sorts: { risk: 'Risiko', moved: 'Bewegung', newest: 'Neueste', oldest: 'Älteste' },
  changed: (count, since) => `${count} geändert seit ${since}`,
  markSeen: 'Gesehen',
  isNew: 'neu',
  rose: (count) => (count === 1 ? 'Ein Ticket wird nun wahrscheinlich eskalieren.' : `${count} Tickets werden nun wahrscheinlich eskalieren.`),
  matching: (count) => (count === 1 ? 'Ein Ticket passt.' : `${count} Tickets passen.`),
  retry: 'Noch einmal',
  offline: 'Sie sind offline. Bewertet wird mit dem, was geladen ist.',

  justNow: 'gerade eben',
  minutesAgo: (count) => `vor ${count}${nbsp}min`,
  hoursAgo: (count) => `vor ${count}${nbsp}h`,
  daysAgo: (count) => `vor ${count}${nbsp}Tagen`,
  yesterday: (clock) => `gestern ${clock}`,
};
