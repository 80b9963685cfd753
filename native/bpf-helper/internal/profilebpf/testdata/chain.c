// SPDX-License-Identifier: Apache-2.0
// Programs with known call chains: the first argument says which. Each says "ready" once it is where
// the test wants to see it.
#define _GNU_SOURCE
#include <alloca.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline, noclone))
#define KEEP() asm volatile("" ::: "memory")

static void say_ready(void) {
  if (write(1, "ready\n", 6) != 6) _exit(3);
}

NOINLINE void spin(void) {
  for (;;) asm volatile("pause");
}

NOINLINE void deep(int left) {
  if (left == 0)
    spin();
  else
    deep(left - 1);
  KEEP();
}

static volatile char heap[6 << 20];
NOINLINE void thrash(void) {
  unsigned x = 1;
  for (;;) {
    for (int i = 0; i < 20000; i++) {
      x = x * 1664525 + 1013904223;
      heap[(x >> 4) % sizeof(heap)]++;
    }
  }
}
NOINLINE void cold(int left) {
  if (left == 0)
    thrash();
  else
    cold(left - 1);
  KEEP();
}

// One function of each kind of frame that compilers make.
NOINLINE void realigned_frame(void) {
  volatile char aligned[128] __attribute__((aligned(128)));
  aligned[0] = 1;
  spin();
  KEEP();
}

NOINLINE void big_frame(int n) {
  volatile char big[20000];
  big[n] = 1;
  realigned_frame();
  KEEP();
}

NOINLINE void dynamic_frame(int n) {
  volatile char *p = alloca(n);
  p[0] = 1;
  big_frame(n);
  KEEP();
}

NOINLINE void plain_frame(int n) {
  dynamic_frame(n * 2);
  KEEP();
}

NOINLINE void call_kernel(void) {
  for (;;) syscall(SYS_getppid);
}

NOINLINE void on_signal(int number) {
  (void)number;
  spin();
  KEEP();
}

NOINLINE void send_signal(int flags) {
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = flags};
  sigaction(SIGUSR1, &action, NULL);
  // In this function itself, so that no function of libc stands between.
  long result;
  asm volatile("syscall" : "=a"(result) : "a"(SYS_kill), "D"(getpid()), "S"(SIGUSR1)
               : "rcx", "r11", "memory");
  KEEP();
}

NOINLINE void on_other_stack(void) {
  static char memory[65536];
  stack_t stack = {.ss_sp = memory, .ss_size = sizeof(memory)};
  sigaltstack(&stack, NULL);
  send_signal(SA_ONSTACK);
  KEEP();
}

NOINLINE void nap(void) {
  struct timespec two_ms = {.tv_nsec = 2000000};
  for (;;) syscall(SYS_nanosleep, &two_ms, NULL);
}

NOINLINE void probed(int n) { asm volatile("" ::"r"(n) : "memory"); }

NOINLINE void call_probed(int times) {
  for (int i = 0; i < times; i++) probed(i);
  KEEP();
}

typedef void callback(void);

// push %rbp; mov %rsp,%rbp; sub $32,%rsp; call *%rdi; jmp . – what a JIT compiler might write.
static const unsigned char jit_call[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec,
                                         0x20, 0xff, 0xd7, 0xeb, 0xfe};
// push %rbp; mov %rsp,%rbp; jmp .
static const unsigned char jit_spin[] = {0x55, 0x48, 0x89, 0xe5, 0xeb, 0xfe};

// push %rbp; lea -16(%rsp),%rbp; push $0x401001; push %rbp; jmp . – a compiler that uses the frame
// pointer for something else: the words there are a frame's, but no call comes before that address.
static const unsigned char jit_other[] = {0x55, 0x48, 0x8d, 0x6c, 0x24, 0xf0, 0x68, 0x01, 0x10,
                                          0x40, 0x00, 0x55, 0xeb, 0xfe};

NOINLINE void enter_jit(const unsigned char *code, size_t bytes) {
  char *page = mmap((void *)0x7e0000000000, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  memcpy(page, code, bytes);
  ((void (*)(callback *))page)(spin);
  KEEP();
}

typedef void stub(void);
extern stub stub_plt, stub_deref_sp, stub_deref_fp, stub_register, stub_return_register;

NOINLINE int run(const char *what, int n) {
  if (!strcmp(what, "deep")) deep(n);
  if (!strcmp(what, "cold")) cold(n);
  if (!strcmp(what, "frames")) plain_frame(n);
  if (!strcmp(what, "syscalls")) call_kernel();
  if (!strcmp(what, "signal")) send_signal(0);
  if (!strcmp(what, "altsignal")) on_other_stack();
  if (!strcmp(what, "nap")) nap();
  if (!strcmp(what, "jit_call")) enter_jit(jit_call, sizeof(jit_call));
  if (!strcmp(what, "jit_spin")) enter_jit(jit_spin, sizeof(jit_spin));
  if (!strcmp(what, "jit_other")) enter_jit(jit_other, sizeof(jit_other));
  if (!strcmp(what, "stub_plt")) stub_plt();
  if (!strcmp(what, "stub_deref_sp")) stub_deref_sp();
  if (!strcmp(what, "stub_deref_fp")) stub_deref_fp();
  if (!strcmp(what, "stub_register")) stub_register();
  if (!strcmp(what, "stub_return_register")) stub_return_register();
  if (!strcmp(what, "probe")) {
    getchar();  // the test has attached
    call_probed(n);
    say_ready();
    getchar();
    return 0;
  }
  return 2;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  say_ready();
  return run(argv[1], atoi(argv[2]));
}
