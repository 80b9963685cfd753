// SPDX-License-Identifier: Apache-2.0
// Processes of every awkward kind, each busy in run → a → b → c → spin for so much CPU time:
//   loads KIND [ARGUMENT…]      what each kind takes stands at its function
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KEEP __attribute__((noinline, noclone))
#define NOT_ALLOWED 77
extern char **environ;

static volatile uint64_t sink;

static double thread_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}
static KEEP void spin(void) {
  for (int i = 0; i < 200000; i++) sink += i * sink;
}
static KEEP void c(void) { spin(); sink++; }
static KEEP void b(void) { c(); sink++; }
static KEEP void a(void) { b(); sink++; }
static KEEP int run(double seconds) {
  double end = thread_seconds() + seconds;
  while (thread_seconds() < end) a();
  return 0;
}

static int not_allowed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return NOT_ALLOWED;
}
static void check(int failed, const char *what) {
  if (!failed) return;
  perror(what);
  exit(1);
}
/** The folder of the program that runs, for those that it starts. */
static const char *self(void) {
  static char path[4096];
  ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
  check(n < 0, "/proc/self/exe");
  path[n] = 0;
  return path;
}

/** COUNT: as many processes that sleep until their parent ends. */
static void sleepers(int count) {
  for (int i = 0; i < count; i++) {
    pid_t pid = fork();
    check(pid < 0, "fork");
    if (pid > 0) continue;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) pause();
  }
  puts("ready");
  fflush(stdout);
  for (;;) pause();
}

/** RATE SECONDS CPU: starts so many programs a second, each with so much CPU time. */
static int storm(int rate, double seconds, char *cpu) {
  char path[4096];
  strcpy(path, self());
  char *argv[] = {"blink", "run", cpu, 0};
  int running = 0, count = (int)(rate * seconds);
  for (int i = 0; i < count; i++) {
    pid_t pid;
    check(posix_spawn(&pid, path, 0, 0, argv, environ) != 0, "posix_spawn");
    running++;
    while (waitpid(-1, 0, running > 50 ? 0 : WNOHANG) > 0) running--;
    usleep(1000000 / rate);
  }
  while (wait(0) > 0);
  return 0;
}

/** FILE COUNT SECONDS: as many mappings of code that the kernel cannot join, and then some work. */
static int mappings(const char *file, long count, double seconds) {
  int fd = open(file, O_RDONLY);
  check(fd < 0, file);
  size_t size = (size_t)count * 4096;
  char *area = mmap(0, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  check(area == MAP_FAILED, "mmap");
  for (long i = 0; i < count; i++) {
    int protection = PROT_EXEC | (i % 2 == 0 ? PROT_READ : PROT_NONE);
    void *at = mmap(area + i * 4096, 4096, protection, MAP_PRIVATE | MAP_FIXED, fd, 0);
    if (at == MAP_FAILED) return not_allowed("mmap");
  }
  return run(seconds);
}

static void *idle_thread(void *none) {
  for (;;) pause();
  return none;
}
/** COUNT SECONDS: sleeping threads beside a busy one. */
static int threads(long count, double seconds) {
  pthread_attr_t small;
  pthread_attr_init(&small);
  pthread_attr_setstacksize(&small, 65536);
  for (long i = 0; i < count; i++) {
    pthread_t id;
    if (pthread_create(&id, &small, idle_thread, 0) != 0) return not_allowed("pthread_create");
  }
  return run(seconds);
}

static void *busy_thread(void *seconds) {
  exit(run(*(double *)seconds));
}
/** SECONDS: the main thread ends, another one works. */
static int orphan(double seconds) {
  static double kept;
  kept = seconds;
  pthread_t id;
  check(pthread_create(&id, 0, busy_thread, &kept) != 0, "pthread_create");
  pthread_exit(0);
}

/** LIBRARY TIMES SECONDS: opened, used and closed again and again. */
static KEEP int reopen(const char *library, int times, double seconds) {
  for (int i = 0; i < times; i++) {
    void *handle = dlopen(library, RTLD_NOW);
    check(handle == 0, "dlopen");
    void (*in_library)(double, void (*)(void)) = dlsym(handle, "in_library");
    in_library(seconds, spin);
    dlclose(handle);
  }
  return 0;
}

/** TIMES SECONDS: the same process becomes the program anew. */
static int again(int times, char *seconds) {
  run(atof(seconds));
  if (times <= 1) return 0;
  char left[16];
  snprintf(left, sizeof left, "%d", times - 1);
  execl(self(), "again", "again", left, seconds, (char *)0);
  return 1;
}

static pid_t clone_as(pid_t wanted) {
  struct clone_args args = {.exit_signal = SIGCHLD};
  args.set_tid = (uint64_t)(uintptr_t)&wanted;
  args.set_tid_size = 1;
  return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}
/** TIMES SECONDS PROGRAM…: one process number for each of the programs in turn. */
static int reuse(int times, char *seconds, char **programs) {
  pid_t wanted = fork();
  if (wanted == 0) _exit(0);
  waitpid(wanted, 0, 0);
  for (int i = 0; i < times; i++) {
    for (char **program = programs; *program != 0; program++) {
      pid_t pid = clone_as(wanted);
      for (int n = 0; pid < 0 && errno == EEXIST && n < 1000; n++) pid = clone_as(wanted);
      if (pid < 0) return not_allowed("clone3");
      if (pid == 0) {
        execl(*program, *program, "run", seconds, (char *)0);
        _exit(1);
      }
      int status;
      waitpid(pid, &status, 0);
      if (status != 0) return 1;
    }
  }
  return 0;
}

/** PROGRAM SECONDS: from a file that has no name. */
static int from_memory(const char *program, char *seconds) {
  int from = open(program, O_RDONLY), to = memfd_create("loads", MFD_CLOEXEC);
  check(from < 0 || to < 0, program);
  char bytes[65536];
  for (ssize_t n; (n = read(from, bytes, sizeof bytes)) > 0;) check(write(to, bytes, n) != n, "write");
  char *argv[] = {"memory", "run", seconds, 0};
  fexecve(to, argv, environ);
  return 1;
}

/** PROGRAM SECONDS: its name is gone when it works. */
static int deleted(const char *program, double seconds) {
  check(unlink(program) != 0, program);
  return run(seconds);
}

/** FOLDER PROGRAM SECONDS: in a root directory of its own. */
static int confined(const char *folder, const char *program, char *seconds) {
  if (chroot(folder) != 0 || chdir("/") != 0) return not_allowed("chroot");
  execl(program, "confined", "run", seconds, (char *)0);
  perror(program);
  return 1;
}

/** KIND FOLDER PROGRAM SECONDS: on a file system that only it sees. FOLDER has `below`, `here`. */
static int hidden(const char *kind, const char *folder, const char *program, char *seconds) {
  char here[4096], options[16384], path[8192];
  snprintf(here, sizeof here, "%s/here", folder);
  if (unshare(CLONE_NEWNS) != 0 || mount(0, "/", 0, MS_REC | MS_PRIVATE, 0) != 0)
    return not_allowed("unshare");
  if (strcmp(kind, "bind") == 0) {
    snprintf(path, sizeof path, "%s/below", folder);
    if (mount(path, here, 0, MS_BIND, 0) != 0) return not_allowed("bind mount");
  } else {
    char *base = "below,upperdir=%s/over/up,workdir=%s/over/work";
    char rest[8192];
    snprintf(rest, sizeof rest, base, folder, folder);
    snprintf(options, sizeof options, "lowerdir=%s/%s", folder, rest);
    if (mount("overlay", here, "overlay", 0, options) != 0) return not_allowed("overlay");
  }
  snprintf(path, sizeof path, "%s/%s", here, program);
  execl(path, program, "run", seconds, (char *)0);
  perror(path);
  return 1;
}

int main(int argc, char **argv) {
  const char *kind = argc > 1 ? argv[1] : "";
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  char *last = argv[argc - 1];
  if (strcmp(kind, "run") == 0) return run(atof(last));
  if (strcmp(kind, "sleepers") == 0) sleepers(atoi(last));
  if (strcmp(kind, "storm") == 0) return storm(atoi(argv[2]), atof(argv[3]), last);
  if (strcmp(kind, "mappings") == 0) return mappings(argv[2], atol(argv[3]), atof(last));
  if (strcmp(kind, "threads") == 0) return threads(atol(argv[2]), atof(last));
  if (strcmp(kind, "orphan") == 0) return orphan(atof(last));
  if (strcmp(kind, "reopen") == 0) return reopen(argv[2], atoi(argv[3]), atof(last));
  if (strcmp(kind, "again") == 0) return again(atoi(argv[2]), last);
  if (strcmp(kind, "reuse") == 0) return reuse(atoi(argv[2]), argv[3], argv + 4);
  if (strcmp(kind, "memory") == 0) return from_memory(argv[2], last);
  if (strcmp(kind, "deleted") == 0) return deleted(argv[0], atof(last));
  if (strcmp(kind, "confined") == 0) return confined(argv[2], argv[3], last);
  if (strcmp(kind, "hidden") == 0) return hidden(argv[2], argv[3], argv[4], last);
  fprintf(stderr, "unknown kind %s\n", kind);
  return 2;
}
