package storetest

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// CPUTime is what this process, and the processes of PostgreSQL that work for it, have taken of the processors.
func CPUTime(t testing.TB, connection *pgx.Conn) time.Duration {
	t.Helper()
	return TotalTime(t, ProcessTimes(t, connection))
}

// TotalTime is what this process has taken of the processors, and processes of PostgreSQL.
func TotalTime(t testing.TB, processes map[int]time.Duration) time.Duration {
	t.Helper()
	var own syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &own); err != nil {
		t.Fatal(err)
	}
	taken := time.Duration(own.Utime.Nano() + own.Stime.Nano())
	for _, each := range processes {
		taken += each
	}
	return taken
}

// ProcessTimes are what the processes of PostgreSQL that serve the database of a connection have taken of the processors, but for the one
// of the connection itself.
func ProcessTimes(t testing.TB, connection *pgx.Conn) map[int]time.Duration {
	t.Helper()
	rows, err := connection.Query(t.Context(), "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND "+
		"pid <> pg_backend_pid()")
	if err != nil {
		t.Fatal(err)
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		t.Fatal(err)
	}
	times := map[int]time.Duration{}
	for _, pid := range pids {
		if taken, runs := processTime(t, pid); runs {
			times[pid] = taken
		}
	}
	return times
}

// processTime is what a process has taken of the processors: by the scheduler's own count or, where a kernel keeps none, in its ticks. It
// may have ended.
func processTime(t testing.TB, pid int) (taken time.Duration, runs bool) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: the time of PostgreSQL's processes is read from /proc, which Linux has")
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err == nil {
		if _, err = fmt.Sscan(string(text), &taken); err == nil {
			return taken, true
		}
	}
	if text, err = os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); err != nil {
		return 0, false
	}
	var user, system time.Duration
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	return (user + system) * (time.Second / 100), true
}

// PeakMemory is how much memory this process took at most, since ForgetPeakMemory or its start.
func PeakMemory(t testing.TB) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	kilobytes, err := strconv.ParseInt(strings.Fields(peak)[0], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes << 10
}

// ForgetPeakMemory makes the most that this process took what it takes now.
func ForgetPeakMemory(t testing.TB) {
	t.Helper()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Fatal(err)
	}
}
