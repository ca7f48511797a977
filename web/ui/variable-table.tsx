/** The environment variables of a container, secrets masked. */
import { DataTable } from './data-table.tsx';
import { t } from './strings/catalogue.ts';
import './variable-table.css';

interface Props {
  readonly variables: Readonly<Record<string, string>>;
  readonly label: string;
  readonly box?: string;
  readonly test: string;
}

export function VariableTable({ variables, label, box, test }: Props) {
  const rows = Object.entries(variables).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <DataTable
      label={label}
      columns={[t.tasks.variable, t.tasks.value]}
      {...(box === undefined ? {} : { box })}
      kind="variables"
      test={test}
    >
      {rows.map(([name, value]) => (
        <tr key={name}>
          <td>{name}</td>
          <td>{value}</td>
        </tr>
      ))}
    </DataTable>
  );
}
