import sql from 'mssql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failure, startTestServer, type TestServer } from './running-server.ts'
import { connectTedious, type TediousClient, tedious } from './tedious-client.ts'

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

const one = async (expression: string): Promise<unknown> => (await client.rows(`SELECT ${expression}`))[0]?.[0]
const hex = (expression: string) => one(`LOWER(CONVERT(varchar(max), CAST(${expression} AS varbinary(max)), 2))`)

interface UdtColumn {
  readonly udtInfo?: {
    readonly dbname: string
    readonly owningSchema: string
    readonly typeName: string
    readonly assemblyName: string
    readonly maxByteSize: number
  }
}

const metadata = (statement: string): Promise<readonly UdtColumn[]> =>
  new Promise((resolve, reject) => {
    let columns: readonly UdtColumn[] = []
    const request = new tedious.Request(statement, (error) => (error ? reject(error) : resolve(columns)))
    request.on('columnMetadata', (told) => {
      // Results have their columns in order; tedious gives names instead only where it is told to.
      columns = told as readonly UdtColumn[]
    })
    client.connection.execSqlBatch(request)
  })

describe('on the wire', () => {
  test('metadata names the database, the type and its class', async () => {
    const [geography, hierarchy] = await metadata('SELECT CAST(NULL AS geography), hierarchyid::GetRoot()')
    expect(geography?.udtInfo).toEqual({
      maxByteSize: 0xffff,
      dbname: 'master',
      owningSchema: 'sys',
      typeName: 'geography',
      assemblyName:
        'Microsoft.SqlServer.Types.SqlGeography, Microsoft.SqlServer.Types, Version=11.0.0.0, Culture=neutral, PublicKeyToken=89845dcd8080cc91',
    })
    expect(hierarchy?.udtInfo).toMatchObject({ maxByteSize: 892, typeName: 'hierarchyid' })
    await client.rows('CREATE DATABASE shapes; USE shapes')
    expect((await metadata('SELECT CAST(NULL AS geometry)'))[0]?.udtInfo?.dbname).toBe('shapes')
    await client.rows('USE master')
  })

  test('mssql reads points, and a polygon with its rings', async () => {
    const pool = await server.connect()
    const { recordset } = await pool
      .request()
      .query<{ at: sql.IColumnMetadata }>('SELECT geography::Point(47.65, -122.35, 4326) AS at')
    expect(recordset[0]?.at).toMatchObject({ srid: 4326, version: 1, points: [{ lat: 47.65, lng: -122.35 }] })
    expect(recordset.columns.at).toMatchObject({ type: sql.Geography, udt: { name: 'geography' } })
    const polygon = await pool
      .request()
      .query("SELECT geometry::Parse('POLYGON((0 0, 4 0, 4 4, 0 0), (1 0.5, 2 1, 2 0.5, 1 0.5))') AS shape")
    expect(polygon.recordset[0].shape).toMatchObject({
      points: { length: 8, 1: { x: 4, y: 0 }, 4: { x: 1, y: 0.5 } },
      figures: [
        { attribute: 2, pointOffset: 0 },
        { attribute: 0, pointOffset: 4 },
      ],
      shapes: [{ parentOffset: -1, figureOffset: 0, type: 3 }],
    })
  })

  test.each([
    ['7_1', undefined],
    ['7_2', undefined],
    ['7_3_A', 'geometry'],
    ['7_4', 'geometry'],
  ])('a client of TDS %s has the bytes', async (tdsVersion, typeName) => {
    await using old = await connectTedious(server, { tdsVersion })
    const rows = await old.rows("SELECT geometry::Point(1, 2, 0), CAST(NULL AS geography), hierarchyid::Parse('/1/1/')")
    expect(rows).toEqual([
      [Buffer.from('00000000010c000000000000f03f0000000000000040', 'hex'), null, Buffer.from('5ac0', 'hex')],
    ])
    expect(
      typeName === undefined || (await metadata('SELECT geometry::Point(1, 2, 0)'))[0]?.udtInfo?.typeName === typeName,
    ).toBe(true)
  })

  test('parameters come as bytes or as text, and go out', async () => {
    const pool = await server.connect()
    const bytes = Buffer.from('e6100000010c0000000000000040000000000000f03f', 'hex')
    const given = await pool
      .request()
      .input('bytes', sql.VarBinary(sql.MAX), bytes)
      .input('text', sql.NVarChar, 'POINT(1 2)')
      .query(
        'DECLARE @a geography = @bytes, @b geography = @text; SELECT @a.Lat AS lat, @a.Long AS long, @b.ToString() AS text',
      )
    expect(given.recordset).toEqual([{ lat: 2, long: 1, text: 'POINT (1 2)' }])
    await pool
      .request()
      .batch(
        'CREATE PROCEDURE next_node @of hierarchyid, @next hierarchyid OUTPUT AS SET @next = @of.GetDescendant(NULL, NULL)',
      )
    const called = await pool
      .request()
      .batch("DECLARE @n hierarchyid; EXEC next_node '/4/', @n OUTPUT; SELECT @n.ToString() AS node")
    expect(called.recordset).toEqual([{ node: '/4/1/' }])
  })
})

describe('the bytes of spatial values', () => {
  // Bytes from the examples of drivers and of [MS-SSCLRT].
  test.each([
    [
      "geography::STGeomFromText('LINESTRING(-122.360 47.656, -122.343 47.656 )', 4326)",
      'e610000001148716d9cef7d34740d7a3703d0a975ec08716d9cef7d34740cba145b6f3955ec0',
    ],
    ["geometry::STGeomFromText('POINT EMPTY', 0)", '000000000104000000000000000001000000ffffffffffffffff01'],
    ['geometry::Point(5, 10, 0)', '00000000010c00000000000014400000000000002440'],
    [
      "geometry::STGeomFromText('POINT (5 10 20 25.5)', 0)",
      '00000000010f0000000000001440000000000000244000000000000034400000000000803940',
    ],
    [
      "geometry::STGeomFromText('POLYGON((0 0, 1 0, 0 1, 0 0))', 0)",
      `00000000010404000000${'00'.repeat(16)}000000000000f03f${'00'.repeat(16)}000000000000f03f${'00'.repeat(16)}01000000020000000001000000ffffffff0000000003`,
    ],
  ])('%s', async (expression, expected) => {
    expect(await hex(expression)).toBe(expected)
  })

  test.each([
    'POINT (1 2)',
    'POINT (1 2 3)',
    'POINT (1 2 NULL 4)',
    'LINESTRING (1 1, 2 2, 3 1)',
    'POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0), (1 1, 1 2, 2 2, 2 1, 1 1))',
    'MULTIPOINT ((1 2), (3 4))',
    'MULTILINESTRING ((1 1, 2 2), (3 3, 4 4, 5 5))',
    'MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5), (5.5 5.2, 5.6 5.3, 5.7 5.4, 5.5 5.2)))',
    'GEOMETRYCOLLECTION (POINT (1 2), GEOMETRYCOLLECTION (LINESTRING (1 1, 2 2), POLYGON EMPTY))',
    'POLYGON EMPTY',
    'POINT (1E-07 1E+20)',
  ])('%s comes back as it went', async (text) => {
    expect(await one(`geometry::Parse('${text}').ToString()`)).toBe(text)
    if (/[3N]\)$|NULL/.test(text)) return
    expect(await one(`geometry::STGeomFromWKB(geometry::Parse('${text}').STAsBinary(), 0).STAsText()`)).toBe(text)
  })

  test('members', async () => {
    const [row] = await client.rows(`DECLARE @g geometry = 'LINESTRING(1 2 3, 4 5 6)'
      SELECT @g.STNumPoints(), @g.STEndPoint().STX, @g.STPointN(1).STY, @g.STGeometryType(), @g.HasZ, @g.HasM, @g.STSrid,
        @g.STIsEmpty(), @g.STX, @g.STStartPoint().Z, @g.STAsText()`)
    expect(row).toEqual([2, 4, 2, 'LineString', true, false, 0, false, null, 3, 'LINESTRING (1 2, 4 5)'])
  })
})

describe('hierarchyid', () => {
  test.each([
    ['/', ''],
    ['/1/', '58'],
    ['/1/1/', '5ac0'],
    ['/0.1/', '52c0'],
    ['/-1/', '3f80'],
    ['/16/', 'c110'],
  ])('%s is 0x%s', async (path, bytes) => {
    expect(await hex(`CAST('${path}' AS hierarchyid)`)).toBe(bytes)
  })
  test('paths of every range come back as they went', async () => {
    for (const path of [
      '/3/4/7/8/15/16/79/80/1103/1104/5199/5200/4294972495/4294972496/',
      '/-1/-8/-9/-72/-73/-4168/-4169/',
      '/1.2.3/-5.80/',
    ])
      expect(await one(`CAST('${path}' AS hierarchyid).ToString()`)).toBe(path)
  })
  test('nodes sort as a walk through the tree does', async () => {
    const paths = [
      '/',
      '/-9/',
      '/-1/',
      '/0/',
      '/0.1/',
      '/1/',
      '/1/1/',
      '/1/2/',
      '/1.1/',
      '/2/',
      '/10/',
      '/100/',
      '/2000/',
    ]
    const values = [...paths].sort().map((path) => `('${path}')`)
    const rows = await client.rows(`SELECT p FROM (VALUES ${values.join(',')}) t(p) ORDER BY CAST(p AS hierarchyid)`)
    expect(rows.flat()).toEqual(paths)
  })
  test('a tree of employees', async () => {
    await client.rows(`CREATE TABLE staff(node hierarchyid PRIMARY KEY, name varchar(10), level AS node.GetLevel());
      INSERT staff VALUES ('/', 'head'), ('/1/', 'one'), ('/2/', 'two'), ('/1/1/', 'under one')`)
    expect(
      await client.rows("SELECT name, level FROM staff WHERE node.IsDescendantOf('/1/') = 1 ORDER BY node"),
    ).toEqual([
      ['one', 1],
      ['under one', 2],
    ])
    expect(await client.rows("SELECT s.node.GetAncestor(1).ToString() FROM staff AS s WHERE s.node = '/1/1/'")).toEqual(
      [['/1/']],
    )
    const [row] = await client.rows(`DECLARE @p hierarchyid = '/1/'
      SELECT @p.GetDescendant(NULL, NULL).ToString(), @p.GetDescendant('/1/1/', NULL).ToString(), @p.GetDescendant(NULL, '/1/1/').ToString(),
        @p.GetDescendant('/1/1/', '/1/2/').ToString(), @p.GetDescendant('/1/1/', '/1/1.1/').ToString(), @p.GetAncestor(2).ToString(),
        @p.GetReparentedValue('/', '/9/').ToString()`)
    expect(row).toEqual(['/1/1/', '/1/2/', '/1/0/', '/1/1.1/', '/1/1.0/', null, '/9/1/'])
    expect(await failure(client.rows("INSERT staff(node) VALUES ('/1/')"))).toMatchObject({ number: 2627 })
  })
})

describe('what SQL Server refuses', () => {
  test.each([
    ["SELECT geometry::STGeomFromText('POINTX(1 2)', 0)", 6522, '24114: The label POINTX(1 2) in the input'],
    [
      "SELECT geometry::Parse('LINESTRING (0 1 1, 3 2 2, 4 ABC 9)')",
      6522,
      '24141: A number is expected at position 31',
    ],
    ["SELECT geometry::Parse('POINT:10 20')", 6522, '24142: Expected "(" at position 5. The input has ":".'],
    ["SELECT geometry::Parse('')", 6522, '24112: The well-known text (WKT) input is empty.'],
    ["SELECT geometry::STPolyFromText('POINT(1 2)', 0)", 6522, '24142: Expected "POLYGON"'],
    ["SELECT geometry::Parse('POLYGON((0 0, 1 0, 1 1, 2 2))')", 6522, '24306:'],
    ['SELECT geography::Point(91, 0, 4326)', 6522, '24201: Latitude values must be between -90 and 90 degrees.'],
    ['SELECT geography::Point(1, 0, 0)', 6522, '24204: The spatial reference identifier (SRID) is not valid.'],
    ["SELECT hierarchyid::Parse('/1/1')", 6522, "24001: SqlHierarchyId.Parse failed because the input string '/1/1'"],
    ['SELECT CAST(0x010203 AS geometry)', 6522, 'geometry'],
    ['DECLARE @g geometry = 5', 206, 'Operand type clash: int is incompatible with geometry'],
    ['DECLARE @g geometry, @h geography; SET @g = @h', 206, 'geography is incompatible with geometry'],
    ['DECLARE @g geometry; SELECT 1 WHERE @g = @g', 403, 'Operator equals equal to, type equals geometry.'],
    ['SELECT g FROM #g ORDER BY g', 249, 'It cannot be used in the ORDER BY clause.'],
    ['SELECT g FROM #g GROUP BY g', 249, 'It cannot be used in the GROUP BY clause.'],
    [
      'SELECT DISTINCT g FROM #g',
      421,
      'The geometry data type cannot be selected as DISTINCT because it is not comparable.',
    ],
    ['CREATE INDEX i ON #g(g)', 1919, "Column 'g' in table '#g' is of a type that is invalid for use as a key column"],
    ['SELECT g FROM #g FOR JSON PATH', 13604, 'FOR JSON cannot serialize CLR objects.'],
    ['SELECT g FROM #g FOR XML PATH', 6865, 'FOR XML does not support CLR types'],
    ['DECLARE @i int; SELECT @i.ToString()', 258, 'Cannot call methods on int.'],
    ['SELECT int::Parse(1)', 243, 'Type int is not a defined system type.'],
    ['SELECT x FROM #g ORDER BY x', 305, 'The xml data type cannot be compared or sorted'],
    ['SELECT t FROM #g ORDER BY t', 306, 'The text, ntext, and image data types cannot be compared or sorted'],
  ])('%s: %i', async (statement, number, text) => {
    await client.rows("IF OBJECT_ID('tempdb..#g') IS NULL CREATE TABLE #g(g geometry, x xml, t text)")
    const told = await failure(client.rows(statement))
    expect(told.number).toBe(number)
    expect(told.text).toContain(text)
  })

  test.each([
    "SELECT geometry::Parse('POINT(1 2)').STBuffer(1)",
    "SELECT geography::Parse('CIRCULARSTRING(1 1, 2 0, 3 1)')",
    "SELECT geography::Parse('POLYGON((0 0, 0 1, 1 1, 0 0))')",
    'CREATE SPATIAL INDEX s ON #g(g)',
  ])('%s is not modelled', async (statement) => {
    expect(await failure(client.rows(statement))).toMatchObject({ number: 50_900 })
  })
})

test('the catalogue knows them', async () => {
  await client.rows('CREATE TABLE places(at geography NULL, node hierarchyid NOT NULL)')
  expect(
    await client.rows(
      "SELECT name, system_type_id, user_type_id, max_length FROM sys.columns WHERE object_id = OBJECT_ID('places')",
    ),
  ).toEqual([
    ['at', 240, 130, -1],
    ['node', 240, 128, 892],
  ])
  expect(await client.rows('SELECT name, assembly_class FROM sys.assembly_types ORDER BY user_type_id')).toEqual([
    ['hierarchyid', 'Microsoft.SqlServer.Types.SqlHierarchyId'],
    ['geometry', 'Microsoft.SqlServer.Types.SqlGeometry'],
    ['geography', 'Microsoft.SqlServer.Types.SqlGeography'],
  ])
  expect(await client.rows("SELECT DATA_TYPE FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'places'")).toEqual([
    ['geography'],
    ['hierarchyid'],
  ])
})
