/** What SQL would take a database to a Prisma schema? Empty: they agree. Views and triggers are not looked at. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils'
import { PrismaLibSql } from '@prisma/adapter-libsql'
import * as engine from '@prisma/schema-engine-wasm/schema_engine_bg'

interface SchemaEngine {
  diff(input: object): Promise<{ stdout: string | null }>
}
interface EngineModule {
  __wbg_set_wasm(exports: object): void
  SchemaEngine: Record<'new', (options: object, log: () => void, adapter: unknown) => Promise<SchemaEngine>>
}

interface WasmRuntime {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, () => void> } }>
}

export async function schemaDiff(databaseFile: string, schema: string): Promise<string> {
  const module = engine as unknown as EngineModule
  const glue = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const wasm = await readFile(glue.replace(/\.js$/, '.wasm'))
  // @types/node 20 does not declare the global
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmRuntime }
  const { instance } = await WebAssembly.instantiate(wasm, { './schema_engine_bg.js': engine as never })
  module.__wbg_set_wasm(instance.exports)
  instance.exports['__wbindgen_start']!()
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaLibSql({ url: `file:${databaseFile}` }))
  const schemaEngine = await module.SchemaEngine.new({ datamodels: [['schema.prisma', schema]] }, () => {}, adapter)
  const result = await schemaEngine.diff({
    from: { tag: 'schemaDatasource', files: [{ path: 'schema.prisma', content: schema }], configDir: '.' },
    to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content: schema }], configDir: '.' },
    script: true,
    shadowDatabaseUrl: null,
    exitCode: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return result.stdout ?? ''
}
