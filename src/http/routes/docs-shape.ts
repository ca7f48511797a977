/** Renders a JSON schema in the notation of TypeScript types, which is easier to read. */
import { z } from 'zod';

const Schema = z.looseObject({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  format: z.string().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  items: z.unknown().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  additionalProperties: z.unknown().optional(),
});

const SHORT = 72;

/** Unknown forms are `unknown`. */
export function shapeOf(given: unknown, indent = ''): string {
  const shape = bare(given, indent);
  // The notation of OpenAPI 3.0.
  const isNullable = typeof given === 'object' && given !== null && 'nullable' in given && given.nullable === true;
  return isNullable ? `${shape} | null` : shape;
}

function bare(given: unknown, indent: string): string {
  const parsed = Schema.safeParse(given);
  if (!parsed.success) return 'unknown';
  const schema = parsed.data;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum)
    return either(
      schema.enum.map((one) => JSON.stringify(one)),
      indent,
    );
  const options = schema.anyOf ?? schema.oneOf;
  if (options)
    return either(
      options.map((one) => shapeOf(one, `${indent}  `)),
      indent,
    );
  if (schema.allOf) return schema.allOf.map((one) => shapeOf(one, indent)).join(' & ');
  if (Array.isArray(schema.type)) return schema.type.join(' | ');
  if (schema.type === 'array') return arrayOf(shapeOf(schema.items, indent));
  if (schema.type === 'object') return objectOf(schema, indent);
  return schema.format && !/^regex$/.test(schema.format)
    ? `${schema.type ?? 'unknown'} (${schema.format})`
    : (schema.type ?? 'unknown');
}

function objectOf({ properties, required = [], additionalProperties }: z.infer<typeof Schema>, indent: string): string {
  const fields = Object.entries(properties ?? {}).map(([name, schema]) => {
    return `${name}${required.includes(name) ? '' : '?'}: ${shapeOf(schema, `${indent}  `)}`;
  });
  if (typeof additionalProperties === 'object') fields.push(`[name]: ${shapeOf(additionalProperties, `${indent}  `)}`);
  const line = `{ ${fields.join('; ')} }`;
  if (fields.length === 0) return '{}';
  if (!line.includes('\n') && indent.length + line.length <= SHORT) return line;
  return `{\n${fields.map((field) => `${indent}  ${field}`).join('\n')}\n${indent}}`;
}

function arrayOf(item: string): string {
  return /^[a-z]+$|^\{/.test(item) ? `${item}[]` : `(${item})[]`;
}

function either(options: readonly string[], indent: string): string {
  const line = options.join(' | ');
  if (!line.includes('\n') && indent.length + line.length <= SHORT) return line;
  return options.map((one) => `\n${indent}  | ${one}`).join('');
}
