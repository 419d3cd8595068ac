package testenv

import (
	"math"
	"runtime"
	"syscall"
	"testing"
	"time"
)

const (
	// judged is the processor time from which growth is judged: less is mostly noise.
	judged = 10 * time.Millisecond
	// growth is how many times as large the larger work is.
	growth = 16
	// maxExponent is by which power the time may grow. Sorting, and memory that no longer fits the caches of a busy machine, take it
	// above 1.
	maxExponent = 1.4
	// largestGrown ends the search for a size that takes long enough.
	largestGrown = 1 << 22
)

// CheckGrowth fails where work takes much more than 16 times as long when it is 16 times as large. prepare gives the work of a size;
// only the work counts, by the processor time of its own thread, so that other tests disturb little. It begins with size n and takes
// larger ones until they take long enough to be judged.
func CheckGrowth(t *testing.T, n int, prepare func(n int) (work func())) {
	t.Helper()
	small := func() time.Duration { return min(CPUTime(t, prepare(n)), CPUTime(t, prepare(n))) }
	taken := small()
	for ; taken < judged && n < largestGrown; taken = small() {
		n *= 2
	}
	for round := 1; ; round++ { // what else runs on the machine disturbs one of them at times
		large := CPUTime(t, prepare(growth*n))
		exponent := math.Log(float64(large)/float64(taken)) / math.Log(growth)
		switch {
		case exponent <= maxExponent:
			t.Logf("%d take %v, %d take %v: exponent %.2f", n, taken, growth*n, large, exponent)
			return
		case round == 4:
			t.Errorf("%d take %v, %d take %v: the exponent is %.2f", n, taken, growth*n, large, exponent)
			return
		}
		taken = CPUTime(t, prepare(n))
	}
}

// CPUTime is the processor time that work takes in its thread.
func CPUTime(t *testing.T, work func()) time.Duration {
	t.Helper()
	Measures(t)
	runtime.GC() // of what was prepared
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const thisThread = 1 // RUSAGE_THREAD
	at := func() time.Duration {
		var used syscall.Rusage
		if err := syscall.Getrusage(thisThread, &used); err != nil {
			t.Fatal(err)
		}
		return time.Duration(used.Utime.Nano() + used.Stime.Nano())
	}
	before := at()
	work()
	return at() - before
}
