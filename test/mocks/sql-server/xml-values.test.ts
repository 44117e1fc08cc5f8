import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'
import { connectTedious, type TediousClient } from './tedious-client.ts'

let server: TestServer
let client: TediousClient
beforeAll(async () => {
  server = await startTestServer()
  client = await connectTedious(server)
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
})

describe('a text becomes xml', () => {
  test.each([
    ['<a></a>', '<a/>'],
    ["<?xml version=\"1.0\"?><a b=''1''>  <c> x </c> </a>", '<a b="1"><c> x </c></a>'],
    ['<a xml:space="preserve"> <b/> </a>', '<a xml:space="preserve"> <b/> </a>'],
    ['a &lt; &#65; b', 'a &lt; A b'],
    ['<a><![CDATA[1 < 2 & 3]]></a>', '<a>1 &lt; 2 &amp; 3</a>'],
    ['<a/><b/>', '<a/><b/>'],
    ['<!-- c --><?go fast?><a/>', '<!-- c --><?go fast?><a/>'],
    ['<a b="x&#x0A;&quot;y"/>', '<a b="x&#x0A;&quot;y"/>'],
    ['<ü>ß</ü>', '<ü>ß</ü>'],
    ['', ''],
  ])('%s', async (text, expected) => {
    expect(await client.rows(`SELECT CAST(N'${text}' AS xml)`)).toEqual([[expected]])
  })
  test('CONVERT with style 1 keeps white space; bytes tell their encoding', async () => {
    expect(await client.rows("SELECT CONVERT(xml, '<a> <b/> </a>', 1)")).toEqual([['<a> <b/> </a>']])
    expect(await client.rows("SELECT CAST(CAST(N'<a>中</a>' AS varbinary(max)) AS xml)")).toEqual([['<a>中</a>']])
  })
  test.each([
    ["'<a'", 9400, 'line 1, character 2, unexpected end of input'],
    ["'<root><a></root>'", 9436, 'line 1, character 16, end tag does not match start tag'],
    ["'a & b'", 9421, 'line 1, character 4, illegal name character'],
    ["'&nbsp;'", 9448, 'line 1, character 6, well formed check: undeclared entity'],
    ['\'<a b="1" b="2"/>\'', 9437, 'duplicate attribute'],
    ["'<p:a/>'", 9459, 'undeclared prefix'],
    ["'<a b=1/>'", 9413, 'A string literal was expected'],
    ["'<a' + CHAR(10) + '<'", 9455, 'line 2, character 1, illegal qualified name character'],
    ['N\'<?xml version="1.0" encoding="utf-8"?><a/>\'', 9402, 'unable to switch the encoding'],
    ["REPLICATE(CAST('<a>' AS varchar(max)), 200)", 6335, 'Maximum allowed depth is 128 levels.'],
  ])('%s fails: %i', async (text, number, message) => {
    const told = await failure(client.rows(`SELECT CAST(${text} AS xml)`))
    expect(told.number).toBe(number)
    expect(told.text).toContain(message)
  })
  test('columns take what is well formed alone, and do not become texts by themselves', async () => {
    await client.rows("CREATE TABLE documents(x xml); INSERT documents VALUES ('<a> </a>')")
    expect(await failure(client.rows("INSERT documents VALUES ('<a>')"))).toMatchObject({ number: 9400 })
    expect(await client.rows('SELECT x, CAST(x AS varchar(20)), DATALENGTH(x) FROM documents')).toEqual([
      ['<a/>', '<a/>', '8'],
    ])
    expect(await failure(client.rows('DECLARE @t varchar(9); SELECT @t = x FROM documents'))).toMatchObject({
      number: 257,
    })
  })
})

test('values of clients are read as literals are', async () => {
  const pool = await server.connect()
  const read = await pool
    .request()
    .input('x', sql.Xml, '<a> <b></b> </a>')
    .query<{ x: string; n: number }>('SELECT CAST(@x AS xml) AS x')
  expect(read.recordset[0]?.x).toBe('<a><b/></a>')
  const procedure =
    "CREATE PROCEDURE read_xml @x xml, @y xml OUTPUT AS SELECT @x.value('count(/a/*)', 'int') AS n; SET @y = @x.query('/a/b')"
  await pool.request().batch(procedure)
  const called = await pool
    .request()
    .input('x', sql.Xml, '<a> <b></b> </a>')
    .output('y', sql.Xml)
    .execute<{ n: number }>('read_xml')
  expect(called.recordset).toEqual([{ n: 1 }])
  expect(called.output.y).toBe('<b/>')
  expect(
    await failure(pool.request().input('x', sql.Xml, '<a>').output('y', sql.Xml).execute('read_xml')),
  ).toMatchObject({ number: 9400 })
  await pool.request().batch('CREATE TABLE xml_rows(x xml NULL)')
  const table = new sql.Table('xml_rows')
  table.columns.add('x', sql.NVarChar(sql.MAX), { nullable: true })
  table.rows.add('<a> </a>')
  table.rows.add(null)
  await pool.request().bulk(table)
  expect((await pool.request().query('SELECT x FROM xml_rows')).recordset).toEqual([{ x: '<a/>' }, { x: null }])
})

describe('methods', () => {
  const order = `DECLARE @x xml = '<order no="7"><line id="1"><part>bolt</part><n>10</n></line><line id="2"><part>nut</part><n>20</n></line></order>'
    SELECT `
  test.each([
    ["@x.value('(/order/line/part)[1]', 'varchar(10)')", 'bolt'],
    ["@x.value('(/order/line[@id=\"2\"]/part)[1]', 'varchar(10)')", 'nut'],
    ["@x.value('(/order/line[n > 15]/@id)[1]', 'int')", 2],
    ["@x.value('/order[1]/@no', 'bigint')", '7'],
    ["@x.value('(//part)[last()]', 'char(5)')", 'nut  '],
    ["@x.value('(/order/line/part/text())[2]', 'nvarchar(10)')", 'nut'],
    ["@x.value('count(/order/line)', 'int')", 2],
    ["@x.value('sum(/order/line/n)', 'decimal(9,1)')", 30],
    ["@x.value('local-name((/order/*)[1])', 'varchar(10)')", 'line'],
    ["@x.value('(/order/missing)[1]', 'int')", null],
    ['@x.exist(\'/order/line[part="nut"]\')', true],
    ['@x.exist(\'/order/line[part="nut" and n="10"]\')', false],
    ["@x.query('/order/line[1]/part')", '<part>bolt</part>'],
    ["@x.query('/order/line/n/text()')", '1020'],
    ["@x.value('.', 'varchar(20)')", 'bolt10nut20'],
  ])('%s', async (call, expected) => {
    expect(await client.rows(order + call)).toEqual([[expected]])
  })

  test('nodes gives rows that know where they stand', async () => {
    const rows =
      await client.rows(`${order}l.c.value('@id', 'int'), l.c.value('../@no', 'int'), l.c.query('part'), l.c.exist('n[.=20]')
      FROM @x.nodes('/order/line') AS l(c) ORDER BY 1 DESC`)
    expect(rows).toEqual([
      [2, 7, '<part>nut</part>', true],
      [1, 7, '<part>bolt</part>', false],
    ])
    expect(
      await client.rows(`${order}l.c.value('@id', 'int'), d.c.value('.', 'varchar(9)')
        FROM @x.nodes('/order/line') AS l(c) CROSS APPLY l.c.nodes('*') AS d(c)`),
    ).toEqual([
      [1, 'bolt'],
      [1, '10'],
      [2, 'nut'],
      [2, '20'],
    ])
  })

  test('of a column, in WHERE and by APPLY', async () => {
    await client.rows(`CREATE TABLE lists(id int, x xml);
      INSERT lists VALUES (1, '<v>a</v><v>b</v>'), (2, '<w/>'), (3, NULL)`)
    expect(
      await client.rows("SELECT id, v.c.value('.', 'char(1)') FROM lists OUTER APPLY lists.x.nodes('/v') AS v(c)"),
    ).toEqual([
      [1, 'a'],
      [1, 'b'],
      [2, null],
      [3, null],
    ])
    expect(await client.rows('SELECT id FROM lists WHERE x.exist(\'/v[.="b"]\') = 1')).toEqual([[1]])
    expect(await client.rows("SELECT l.x.value('(/v)[2]', 'char(1)') FROM lists AS l WHERE l.id < 3")).toEqual([
      ['b'],
      [null],
    ])
  })

  test('variables and columns of the statement in a path', async () => {
    expect(
      await client.rows(`DECLARE @id int = 2, @x xml = '<i id="1">a</i><i id="2">b</i>'
        SELECT @x.value('(/i[@id=sql:variable("@id")])[1]', 'char(1)')`),
    ).toEqual([['b']])
    expect(
      await client.rows(`DECLARE @x xml = '<i id="1">a</i><i id="2">b</i>'
        SELECT @x.value('(/i[@id=sql:column("t.n")])[1]', 'char(1)') FROM (VALUES (2), (1)) AS t(n)`),
    ).toEqual([['b'], ['a']])
  })

  test('namespaces', async () => {
    const [row] = await client.rows(`DECLARE @x xml = '<r xmlns="u"><p:i xmlns:p="v" p:k="1">a</p:i></r>'
      SELECT @x.value('declare namespace a="u"; declare namespace b="v"; (/a:r/b:i/@b:k)[1]', 'int'), @x.exist('/r'),
        @x.query('declare default element namespace "u"; declare namespace q="v"; /r/q:i')`)
    expect(row).toEqual([1, false, '<p:i xmlns:p="v" p:k="1">a</p:i>'])
  })

  test('a list split, and a list put together', async () => {
    expect(
      await client.rows(`DECLARE @list varchar(20) = 'a,b'
        SELECT t.v.value('.', 'varchar(9)') FROM (SELECT CAST('<v>' + REPLACE(@list, ',', '</v><v>') + '</v>' AS xml) AS x) AS s CROSS APPLY x.nodes('/v') AS t(v)`),
    ).toEqual([['a'], ['b']])
    expect(
      await client.rows(
        "SELECT STUFF((SELECT ',' + n FROM (VALUES ('a & b'), ('c')) AS t(n) FOR XML PATH(''), TYPE).value('(./text())[1]', 'varchar(max)'), 1, 1, '')",
      ),
    ).toEqual([['a & b,c']])
  })

  test.each([
    [
      "SELECT @x.value('/a', 'int')",
      2389,
      "requires a singleton (or empty sequence), found operand of type 'xdt:untypedAtomic *'",
    ],
    ["SELECT @x.value('text()', 'int')", 2389, 'singleton'],
    [
      "SELECT @x.value(@p, 'int')",
      8172,
      'The argument 1 of the XML data type method "value" must be a string literal.',
    ],
    ["SELECT @x.query('/q:a')", 2229, 'The name "q" does not denote a namespace.'],
    [
      "SELECT c FROM @x.nodes('/a') AS t(c)",
      493,
      "The column 'c' that was returned from the nodes() method cannot be used directly.",
    ],
    ["SELECT @x.query('for $i in /a return $i')", 50_900, 'XQuery beyond simple paths'],
    ["SELECT @x.query('<b>{/a}</b>')", 50_900, 'XQuery beyond simple paths'],
    ["SELECT @x.query('')", 6306, 'Invalid XQuery expression passed to XML data type method.'],
    ["SELECT @x.value('/a[1]', 'xml')", 9500, "The data type 'xml' used in the VALUE method is invalid."],
    ["SELECT @x.nodes('/a')", 227, '"nodes" is not a valid function, property, or field.'],
    ["SELECT @x.modify('delete /a')", 8137, "Incorrect use of the XML data type method 'modify'."],
    ["SELECT 1 FROM @x.nodes('/a')", 318, 'returned by a table-valued method need to be aliased.'],
    ['SELECT CAST(@x AS varchar(3))', 6354, 'Target string size is too small to represent the XML instance'],
    ["WITH XMLNAMESPACES ('u' AS p) SELECT 1", 50_900, 'WITH XMLNAMESPACES'],
    ["SET @x.modify('delete /a')", 50_900, 'methods of variables'],
  ])('%s: %i', async (statement, number, text) => {
    const told = await failure(client.rows(`DECLARE @x xml = '<a/>', @p varchar(9) = '/a'; ${statement}`))
    expect(told.number).toBe(number)
    expect(told.text).toContain(text)
  })
})
