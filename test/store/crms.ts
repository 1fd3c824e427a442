// Tables as the CRMs' own schemas have them, as far as mail addresses and their records go: written from the
// published column facts (names, types, defaults, keys), for both databases.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CrmMapping } from '../../src/crm/mapping.ts'
import { nearest } from '../../src/model/spelling.ts'
import { readMapping } from '../../src/settings/crm-file/read.ts'
import type { Store } from '../../src/store/database/open.ts'
import { checkMapping } from '../../src/store/homes/crm-check.ts'

export const shippedMapping = (crm: string): unknown =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../../mappings/${crm}.json`), 'utf8'))

/** A store on the mapped tables; throws every fault. */
export async function mapped(store: Store, file: unknown): Promise<Store> {
  const checked = await checkMapping(store, mappingOf(file), nearest)
  if (!checked.ok) throw new Error(checked.faults.join('\n'))
  return { ...store, crm: checked.tables }
}

export function mappingOf(file: unknown): CrmMapping {
  const read = readMapping(file)
  if (!read.ok) throw new Error(read.faults.join('\n'))
  return read.mapping
}

const vtiger = [
  `create table vtiger_crmentity (crmid int not null, smcreatorid int not null default 0, smownerid int not null default 0,
    modifiedby int not null default 0, setype varchar(100) default null, description text, createdtime datetime not null,
    modifiedtime datetime not null, viewedtime datetime default null, status varchar(50) default null,
    version int not null default 0, presence int default 1, deleted int not null default 0, label varchar(255) default null,
    primary key (crmid))`,
  'create index crmentity_deleted_idx on vtiger_crmentity (deleted)',
  `create table vtiger_contactdetails (contactid int not null default 0, contact_no varchar(100) not null, accountid int default null,
    salutation varchar(200) default null, firstname varchar(40) default null, lastname varchar(80) not null,
    email varchar(100) default null, phone varchar(50) default null, mobile varchar(50) default null,
    otheremail varchar(100) default null, secondaryemail varchar(100) default null, donotcall varchar(3) default null,
    emailoptout varchar(3) default '0', reference varchar(3) default null, notify_owner varchar(3) default '0',
    isconvertedfromlead varchar(3) default '0', primary key (contactid))`,
  `create table vtiger_contactscf (contactid int not null default 0, cf_email_bounced varchar(3) default '0',
    cf_bounced_address varchar(100) default null, primary key (contactid))`,
  `create table vtiger_account (accountid int not null default 0, account_no varchar(100) not null, accountname varchar(100) not null,
    parentid int default 0, account_type varchar(200) default null, phone varchar(30) default null,
    email1 varchar(100) default null, email2 varchar(100) default null, website varchar(100) default null,
    emailoptout varchar(3) default '0', notify_owner varchar(3) default '0', primary key (accountid))`,
  `create table vtiger_leaddetails (leadid int not null, lead_no varchar(100) not null, email varchar(100) default null,
    firstname varchar(40) default null, lastname varchar(80) not null, company varchar(100) not null,
    converted int default 0, secondaryemail varchar(100) default null, emailoptout varchar(3) default null, primary key (leadid))`,
] as const

const suiteBean = (table: string) =>
  `create table ${table} (id char(36) not null, date_entered datetime default null, date_modified datetime default null,
    modified_user_id char(36) default null, deleted tinyint(1) default 0, assigned_user_id char(36) default null,
    first_name varchar(100) default null, last_name varchar(100) default null, do_not_call tinyint(1) default 0, primary key (id))`

const suitecrm = [
  ...['contacts', 'leads', 'prospects', 'accounts'].map(suiteBean),
  `create table email_addresses (id char(36) not null, email_address varchar(255) default null, email_address_caps varchar(255) default null,
    invalid_email tinyint(1) default 0, opt_out tinyint(1) default 0, confirm_opt_in varchar(255) default 'not-opt-in',
    confirm_opt_in_date datetime default null, date_created datetime default null, date_modified datetime default null,
    deleted tinyint(1) default 0, primary key (id))`,
  'create index idx_ea_opt_out_invalid on email_addresses (email_address, opt_out, invalid_email)',
  `create table email_addr_bean_rel (id char(36) not null, email_address_id char(36) not null, bean_id char(36) not null,
    bean_module varchar(100) default null, primary_address tinyint(1) default 0, reply_to_address tinyint(1) default 0,
    date_created datetime default null, date_modified datetime default null, deleted tinyint(1) default 0, primary key (id))`,
  'create index idx_email_address_id on email_addr_bean_rel (email_address_id)',
  'create index idx_bean_id on email_addr_bean_rel (bean_id, bean_module)',
] as const

const espoEntity = (table: string) =>
  `create table \`${table}\` (id varchar(17) not null, name varchar(255) default null, deleted tinyint(1) default 0,
    first_name varchar(100) default null, last_name varchar(100) default null, created_at datetime default null,
    modified_at datetime default null, primary key (id))`

const espocrm = [
  ...['contact', 'account', 'lead'].map(espoEntity),
  `create table email_address (id varchar(17) not null, name varchar(255) default null, deleted tinyint(1) default 0,
    lower varchar(255) default null, invalid tinyint(1) not null default 0, opt_out tinyint(1) not null default 0, primary key (id))`,
  'create index IDX_LOWER on email_address (lower)',
  `create table entity_email_address (id bigint not null, entity_id varchar(17) default null, email_address_id varchar(17) default null,
    entity_type varchar(100) default null, \`primary\` tinyint(1) default 0, deleted tinyint(1) default 0, primary key (id))`,
  'create unique index UNIQ_EEA on entity_email_address (entity_id, email_address_id, entity_type)',
] as const

const civicrm = [
  `create table civicrm_contact (id int not null, contact_type varchar(64) default null, do_not_email tinyint default 0,
    is_opt_out tinyint not null default 0, display_name varchar(128) default null, first_name varchar(64) default null,
    is_deleted tinyint not null default 0, modified_date timestamp null default null, primary key (id))`,
  `create table civicrm_email (id int not null, contact_id int default null, location_type_id int default null,
    email varchar(254) default null, is_primary tinyint not null default 0, is_billing tinyint not null default 0,
    on_hold int not null default 0, is_bulkmail tinyint not null default 0, hold_date datetime default null,
    reset_date datetime default null, signature_text text, primary key (id))`,
  'create index UI_email on civicrm_email (email)',
  'create index FK_civicrm_email_contact_id on civicrm_email (contact_id)',
] as const

export const crms = { vtiger, suitecrm, espocrm, civicrm }

export async function createCrm(store: Store, crm: keyof typeof crms): Promise<void> {
  for (const sql of crms[crm]) await store.knex.raw(sql)
}

/** Empties the CRM's tables and what Rebound recorded: a new database for every test takes its time. */
export async function emptied(store: Store): Promise<void> {
  const recorded = ['bounces', 'mapped_records', 'taken_addresses', 'campaigns', 'campaign_records', 'audit']
  for (const name of [...(await crmTables(store)), ...recorded.map(each => `rebound_${each}`)])
    await store.knex(name).del()
}

async function crmTables(store: Store): Promise<readonly string[]> {
  const { knex, dialect } = store
  const rows = (
    dialect === 'sqlite'
      ? await knex.raw("select name from sqlite_master where type = 'table' and name not like 'sqlite%'")
      : await knex
          .select({ name: 'table_name' })
          .from('information_schema.tables')
          .whereRaw("table_schema = database() and table_type = 'BASE TABLE'")
  ) as readonly { name: string }[]
  return rows.map(({ name }) => name).filter(name => !name.startsWith('rebound_'))
}

export type Tables = Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>

/** Every row of every table that is not Rebound's own. */
export async function crmContents(store: Store): Promise<Tables> {
  const contents: Record<string, readonly Record<string, unknown>[]> = {}
  for (const name of await crmTables(store))
    contents[name] = (await store.knex(name).select('*').orderBy(1)) as Record<string, unknown>[]
  return contents
}

/** `table.column` of every cell that differs, `+table` and `-table` for rows more or fewer. */
export function differences(before: Tables, after: Tables): readonly string[] {
  const found = new Set<string>()
  for (const [table, rows] of Object.entries(before)) {
    const now = after[table] ?? []
    if (now.length > rows.length) found.add(`+${table}`)
    if (now.length < rows.length) found.add(`-${table}`)
    rows.forEach((row, at) => {
      for (const [column, value] of Object.entries(row))
        if (JSON.stringify(value) !== JSON.stringify(now[at]?.[column])) found.add(`${table}.${column}`)
    })
  }
  return [...found].sort()
}
