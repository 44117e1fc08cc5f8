use strict; use warnings; use DBI; binmode(STDOUT, ':utf8');
# One line an observation; the test that runs it compares them. Arguments: server in freetds.conf, user, password.
my ($server, $user, $password) = @ARGV;
my $db = DBI->connect("dbi:Sybase:server=$server;database=master", $user, $password, {PrintError=>0, RaiseError=>0, syb_enable_utf8=>1}) or die "connect: $DBI::errstr\n";
sub rows { my ($what, $sql, @bind) = @_; my $s = $db->prepare($sql); if (!$s || !$s->execute(@bind)) { print "$what: error ", $db->err, " ", (split /\n/, $db->errstr)[0], "\n"; return } my @out; do { while (my $r = $s->fetch) { push @out, join(',', map { defined $_ ? $_ : 'NULL' } @$r) } } while ($s->{syb_more_results}); print "$what: ", join('; ', @out), "\n" }
rows('numbers', "SELECT CAST(1 AS bit), CAST(255 AS tinyint), -5, CAST(9223372036854775807 AS bigint), CAST(0.1 AS float), CAST(-12.345 AS decimal(9,3)), CAST(1.5 AS money)");
rows('texts', "SELECT CAST('a' AS char(3)), 'x', N'o', CAST('t' AS text), CAST(NULL AS int)");
$db->do("CREATE TABLE #t (id int PRIMARY KEY, name nvarchar(20))");
rows('placeholders', "SELECT ? + 1, ?", 41, 'x');
my $i = $db->prepare("INSERT INTO #t VALUES (?, ?)"); print "insert: ", ($i ? $i->execute(1, 'a') // $i->errstr : $db->errstr), "\n";
rows('rows', "SELECT * FROM #t");
$db->{AutoCommit} = 0; print "deleted: ", $db->do("DELETE FROM #t"), "\n"; $db->rollback; $db->{AutoCommit} = 1;
rows('after', "SELECT COUNT(*) FROM #t");
rows('no table', "SELECT * FROM nope");
rows('more', "SELECT 1 SELECT 2");
$db->disconnect;
