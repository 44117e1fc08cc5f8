/** A small schema with one of each thing that catalogues tell of. */
export const librarySchema: readonly string[] = [
  'create table author(id int identity primary key, name nvarchar(80) not null constraint author_name unique)',
  `create table book(
    id bigint identity(10,5) not null constraint pk_book primary key,
    author int constraint book_author references author(id) on delete cascade,
    title varchar(100) not null constraint book_title_x default 'x',
    price decimal(10,2),
    long nvarchar(max),
    at datetime2(3) constraint book_now default sysdatetime(),
    d date,
    ok bit not null,
    v rowversion,
    twice as price*2,
    constraint book_price check (price > 0 and title <> ''))`,
  'create index book_title on book(title desc, price) include (d)',
  'create procedure find_books @author int, @n int = 5 output as select * from book where author = @author',
  'create view books as select id, title, price*2 as double_price from book',
  "insert author(name) values('Ada')",
  'insert book(author, ok) values(1, 1)',
]
