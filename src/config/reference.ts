/** The reference in docs/config.md, generated from the settings. */
import { z } from 'zod';
import { KEYS, Settings } from './settings.ts';

/** A section of Markdown for each setting, in the order of the table. */
export function settingsReference(): string {
  const defaults = givenDefaults();
  return [...KEYS]
    .map(([key, { text, type, fallback, variable, option }]) => {
      const usual = fallback ?? `\`${JSON.stringify(defaults.get(key))}\``;
      const names = [
        ...(variable === undefined ? [] : [`variable \`${variable}\``]),
        ...(option === undefined ? [] : [`option \`--${option}\``]),
      ];
      const lines = [
        `- Type: ${type}`,
        `- Default: ${usual}`,
        ...(names.length > 0 ? [`- Also: ${names.join(', ')}`] : []),
      ];
      return `### \`${key}\`\n\n${text}\n\n${lines.join('\n')}\n`;
    })
    .join('\n');
}

/** In the form of a configuration file. */
function givenDefaults(): ReadonlyMap<string, unknown> {
  const { properties = {} } = z.toJSONSchema(Settings, { io: 'input', unrepresentable: 'any' });
  return new Map(
    Object.entries(properties).map(([key, schema]) => [key, typeof schema === 'object' ? schema.default : undefined]),
  );
}
