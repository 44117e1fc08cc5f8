import { describe, expect, test } from 'vitest'
import {
  ConnectionStringError,
  parseConnectionString,
} from '../../../../mocks/identity-manager/server/configuration/connection-string.ts'

describe('a connection string', () => {
  test('of the vendor’s examples is read', () => {
    expect(
      parseConnectionString('data source=.;Database=Usercube;Integrated Security=SSPI;Min Pool Size=10;encrypt=false;'),
    ).toMatchObject({
      dataSource: '.',
      initialCatalog: 'Usercube',
      integratedSecurity: true,
      minPoolSize: 10,
      encrypt: false,
    })
    expect(
      parseConnectionString(
        'Server=tcp:x.database.windows.net,1433;Initial Catalog=U;Persist Security Info=False;MultipleActiveResultSets=False;Encrypt=True;TrustServerCertificate=False;',
      ),
    ).toMatchObject({ dataSource: 'tcp:x.database.windows.net,1433', encrypt: true, trustServerCertificate: false })
  })

  test('encrypts unless told, which is Microsoft.Data.SqlClient’s default since 4.0', () => {
    expect(parseConnectionString('server=a').encrypt).toBe(true)
    expect(parseConnectionString('server=a;encrypt=Optional').encrypt).toBe(false)
    expect(parseConnectionString('server=a;ENCRYPT=strict').encrypt).toBe('strict')
  })

  test('takes quotes, blanks and repeated keys as .NET does', () => {
    const read = parseConnectionString(` Server = a ; PWD = "p;w""x" ; User = 'o''neill' ;; server=b ; Database=my db `)
    expect(read).toMatchObject({ dataSource: 'b', password: 'p;w"x', userId: "o'neill", initialCatalog: 'my db' })
    expect(parseConnectionString('server=a;password=a=b=').password).toBe('a=b=')
    expect(parseConnectionString('server=a;password=').password).toBe('')
  })

  test.each([
    ['server=a;nonsense', 'Format of the initialization string does not conform to specification starting at index 9.'],
    ['server=a;pwd="x', 'Format of the initialization string does not conform to specification starting at index 9.'],
    ['server=a;Passwort=geheim', "Keyword not supported: 'passwort'."],
    ['server=a;encrypt=perhaps', "Invalid value for key 'encrypt'."],
    ['server=a;Integrated Security=maybe', "Invalid value for key 'integrated security'."],
    [
      'server=a;min pool size=9;max pool size=3',
      'Invalid min or max pool size values, min pool size cannot be greater than the max pool size.',
    ],
  ])('%s is refused in .NET’s words', (text, message) => {
    expect(() => parseConnectionString(text)).toThrow(new ConnectionStringError(message))
  })

  test('of a hostile length is read or refused in time', () => {
    expect(() => parseConnectionString(`${' a'.repeat(20_000)}`)).toThrow(ConnectionStringError)
    expect(parseConnectionString(`server=a;password=${'x '.repeat(20_000)}y`).password).toHaveLength(40_001)
  })
})
