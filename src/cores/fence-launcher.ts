// What a fenced Core's process is at first: a few lines of Perl, which has system calls built in and is on nearly every Linux (Debian: perl-base,
// which is always there), that puts itself into a Landlock domain and then becomes the Core. The process, its group and its pipes stay the same.

/** Perl reads these by itself; they are put back before the Core starts. */
export const perlVariables = ["PERL5OPT", "PERL5LIB", "PERL5DB", "PERLIO", "PERL_UNICODE", "PERL_BADLANG"];

/** The last version of Landlock's interface whose rights are in the script: 6, Linux 6.12. Newer kernels know it too. */
export const knownAbi = 6;

/**
 * Arguments: `must` (nothing starts without a fence) or `may`; the number of prctl(2); that of prlimit(2), behind each machine's that a program
 * here may be for, in hexadecimal; the newest interface to use; how many variables follow, and how many paths; these; the Core's program and its arguments. What became of it goes to file descriptor 3, which closes as the Core
 * starts: `fenced ABI`, `bare STEP ERRNO ABI`, and `failed ERRNO` when the program cannot be started.
 *
 * Processes outside of the domain cannot be looked into (environ, mem, maps, fd, cwd, root of /proc, ptrace), which every Landlock domain
 * brings; from ABI 6 neither signalled nor reached on abstract sockets. Files: what is beneath none of the paths cannot be opened, made, moved
 * or removed. No paths: all files stay as they were; then only the making of devices is handled, where the interface asks for something. Listing
 * folders (bit 3) is always left alone: no program expects to be refused `/`.
 *
 * Landlock does not know prlimit(2), by which whoever has the user ends a process (no time left) or makes it useless (no files left): a filter of
 * system calls leaves it the limits of who calls, and reading others'. The kernel finds out once that it lets all other calls through. The filter looks at
 * the machine, at the number without the bit of x32, at the process, of which 32 bits count, and at where the new limit is.
 */
export const launcher = `
my ($how, $prctl, $prlimit, $known, $held, $paths) = splice @ARGV, 0, 6;
delete $ENV{PERL_BADLANG};
for (splice @ARGV, 0, $held) { my ($name, $value) = split /=/, $_, 2; $ENV{$name} = $value }
my @paths = splice @ARGV, 0, $paths;
open my $hub, '>&=', 3 or exit 126;
fcntl $hub, 2, 1;

my $step = 'version';
my $abi = syscall 444, 0, 0, 1;
sub fence {
  my $level = $abi < $known ? $abi : $known;
  my $device = 1 << 11;
  my $files = @paths ? 0x1fff & ~8 : $level < 6 ? $device : 0;
  if ($files) {
    $files |= 1 << 13;
    $files |= 1 << 14 if @paths && $level > 2;
    $files |= 1 << 15 if @paths && $level > 4;
    @paths = '/' unless @paths;
  }
  $step = 'ruleset';
  my $rules = pack 'QQQ', $files, 0, $level < 6 ? 0 : 3;
  my $set = syscall 444, $rules, length $rules, 0;
  return 0 if $set < 0;
  $step = 'rule';
  for (@paths) {
    # O_PATH, O_NOFOLLOW, O_CLOEXEC. What went away meanwhile needs no rule.
    sysopen my $place, $_, 0x2a0000 or next;
    my $rule = pack 'Ql', $files, fileno $place;
    next unless syscall(445, $set, 1, $rule, 0) < 0;
    # To a file only these can be granted: execute, write, read, truncate, ioctl.
    $rule = pack 'Ql', $files & 0xc007, fileno $place;
    return 0 if syscall(445, $set, 1, $rule, 0) < 0;
  }
  $step = 'restrict';
  return syscall($prctl + 0, 38, 1, 0, 0, 0) >= 0 && syscall(446, $set, 0) >= 0;
}
sub limits {
  my @machines = split ' ', $prlimit;
  my $code = pack 'SCCL', 0x20, 0, 0, 4;
  while (my ($machine, $number) = splice @machines, 0, 2) {
    my $left = 2 * @machines;
    $code .= pack 'SCCL' x 4, 0x15, 0, 3, hex $machine, 0x20, 0, 0, 0, 0x54, 0, 0, 0xbfffffff, 0x15, $left + 1, $left + 8, $number;
  }
  my $low = pack('S', 1) eq "\\0\\1" ? 4 : 0;
  $code .= pack 'SCCL' x 9, 0x05, 0, 0, 7, 0x20, 0, 0, 16 + $low, 0x15, 5, 0, 0, 0x20, 0, 0, 32, 0x15, 0, 2, 0,
    0x20, 0, 0, 36, 0x15, 1, 0, 0, 0x06, 0, 0, 0x50001, 0x06, 0, 0, 0x7fff0000;
  $step = 'filter';
  return syscall($prctl + 0, 22, 2, pack 'Sx![P]P', length($code) / 8, $code) >= 0;
}
# CAP_PERFMON and CAP_SYS_ADMIN read the memory of others whatever Landlock says.
sub is_held {
  $! = 0;
  $step = 'capabilities';
  open my $status, '<', '/proc/self/status' or return 1;
  my ($held) = map { /^CapEff:\\s*(\\w+)/ } <$status>;
  return !(hex($held) & (1 << 38 | 1 << 21));
}
if ($abi >= 2 && fence() && limits() && is_held()) { syswrite $hub, "fenced $abi\\n" }
else { syswrite $hub, "bare $step ".($! + 0)." $abi\\n"; exit 125 if $how eq 'must' }
exec { $ARGV[0] } @ARGV;
syswrite $hub, 'failed '.($! + 0)."\\n";
exit 127;
`;
