/**
 * The adapters know how tickets stand on the pages of each helpdesk: one object of selectors each, read by one reader.
 * They never know what is done with what was read, and they trust nothing on the page.
 */
import { chatwoot } from './chatwoot.ts';
import { djangoHelpdesk } from './django-helpdesk.ts';
import { freescout } from './freescout.ts';
import { freshdesk } from './freshdesk.ts';
import { glpi } from './glpi.ts';
import type { Hooks } from './hooks.ts';
import { jira } from './jira.ts';
import { osticket } from './osticket.ts';
import { requestTracker } from './request-tracker.ts';
import { roundup } from './roundup.ts';
import { zammad } from './zammad.ts';
import { zendesk } from './zendesk.ts';

export const helpdesks: readonly Hooks[] = [zendesk, freshdesk, jira, zammad, osticket, freescout, glpi, requestTracker, roundup, chatwoot, djangoHelpdesk];

export { Adapter, valueOf } from './adapter.ts';
export type { Address, Fields, Found, Place, Reading } from './adapter.ts';
export { customHooks, noCustomHooks } from './custom.ts';
export type { CustomHooks } from './custom.ts';
export { fieldNames } from './hooks.ts';
export type { FieldName, Hooks } from './hooks.ts';
export { fingerprint, readDirectory } from './directory.ts';
export type { Directory, EntityColumn } from './directory.ts';
export { columnsOf, keyOf, plainMapping } from './mapping.ts';
export type { FurtherField, Mapping } from './mapping.ts';
export { rowOf } from './row.ts';
export type { MadeRow } from './row.ts';
