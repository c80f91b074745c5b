// The invented company of the tests: Northwind Logistics. Nobody here exists.
export const PASSWORD = 'an even keel at 03:00';

export const people = {
  admin: { name: 'Astrid Holm', email: 'astrid.holm@northwind.example' },
  mara: { name: 'Mara Lindqvist', email: 'mara.lindqvist@northwind.example', roles: ['agent'], teams: ['Service Desk'] },
  ines: { name: 'Ines Carvalhal', email: 'ines.carvalhal@northwind.example', roles: ['agent'], teams: ['Network'] },
  gwen: { name: 'Gwen Tarrant', email: 'gwen.tarrant@northwind.example', roles: [] },
  peter: { name: 'Peter Nowak', email: 'peter.nowak@northwind.example', roles: [] },
};

export const teams = ['Service Desk', 'Network', 'Applications'];

export const services = [
  { name: 'Warehouse Wi-Fi', team: 'Network', criticality: 2 },
  { name: 'Label Printing', team: 'Applications', criticality: 3, depends_on: ['Warehouse Wi-Fi'] },
];

/** Makes teams, people and services through the API. */
export async function settle(api) {
  for (const name of teams) await api.post('/api/v1/teams', { name });
  for (const [key, person] of Object.entries(people)) {
    if (key !== 'admin') await api.post('/api/v1/users', { ...person, password: PASSWORD });
  }
  for (const service of services) await api.post('/api/v1/services', service);
}
