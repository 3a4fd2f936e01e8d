/* Loaded before a program (LD_PRELOAD): files below DRIVE lack what DRIVE_LACKS names, as on some network drives.
   "flock": the call is missing. "locks": no lock can be had at all. "maps": no memory can be shared through a file.
   What is mounted where is read from the file that DRIVE_MOUNTS names, if any. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

static int lacks(const char *what, int fd) {
    const char *drive = getenv("DRIVE"), *lacking = getenv("DRIVE_LACKS");
    char link[64], path[4096];
    ssize_t length;
    if (fd < 0 || !drive || !lacking || !strstr(lacking, what)) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return !strncmp(path, drive, strlen(drive));
}

static int failed(int reason) {
    errno = reason;
    return -1;
}

int flock(int fd, int operation) {
    static int (*real)(int, int);
    if (!real) real = dlsym(RTLD_NEXT, "flock");
    if (lacks("flock", fd)) return failed(ENOSYS);
    return lacks("locks", fd) ? failed(ENOLCK) : real(fd, operation);
}

#define FCNTL(name)                                                                       \
    int name(int fd, int command, ...) {                                                  \
        static int (*real)(int, int, ...);                                                \
        va_list given;                                                                    \
        void *argument;                                                                   \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                        \
        va_start(given, command);                                                         \
        argument = va_arg(given, void *);                                                 \
        va_end(given);                                                                    \
        if ((command == F_SETLK || command == F_SETLKW) && lacks("locks", fd)) return failed(ENOLCK); \
        return real(fd, command, argument);                                               \
    }
FCNTL(fcntl)
FCNTL(fcntl64)

#define MMAP(name, offset)                                                                \
    void *name(void *at, size_t length, int protection, int flags, int fd, offset from) { \
        static void *(*real)(void *, size_t, int, int, int, offset);                      \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                        \
        if ((flags & MAP_SHARED) && lacks("maps", fd)) {                                  \
            errno = ENODEV;                                                               \
            return MAP_FAILED;                                                            \
        }                                                                                 \
        return real(at, length, protection, flags, fd, from);                             \
    }
MMAP(mmap, off_t)
MMAP(mmap64, off64_t)

#define OPEN(name)                                                                             \
    int name(const char *path, int flags, ...) {                                               \
        static int (*real)(const char *, int, ...);                                            \
        const char *mounts = getenv("DRIVE_MOUNTS");                                           \
        va_list given;                                                                         \
        int mode;                                                                              \
        if (!real) real = dlsym(RTLD_NEXT, #name);                                             \
        va_start(given, flags);                                                                \
        mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(given, int) : 0;                       \
        va_end(given);                                                                         \
        return real(mounts && !strcmp(path, "/proc/self/mountinfo") ? mounts : path, flags, mode); \
    }
OPEN(open)
OPEN(open64)
