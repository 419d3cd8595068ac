package local

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// processes finds the server itself, 0 where it is gone, and the other PostgreSQL processes that hold the server's lock: its
// children, or what is left of a killed one. A process that got the number of a killed server is neither. Where there is no
// /proc, only the process that the pid file names is looked at.
func (d *dataDir) processes() (postmaster int, others []int) {
	if lock, err := d.root.Stat(serverLock); err == nil {
		holders := holdersOf(lock)
		for _, pid := range holders {
			// a child has its parent's command line until it gets to replace it
			if d.isPostmaster(pid) && !slices.Contains(holders, parentOf(pid)) {
				postmaster = pid
			} else {
				others = append(others, pid)
			}
		}
	}
	if postmaster != 0 {
		return postmaster, others
	}
	if named, err := d.readPidFile(); err == nil && d.isPostmaster(named.pid) {
		postmaster = named.pid
	}
	return postmaster, others
}

// holdersOf lists the PostgreSQL processes that have a file open, as far as we may know.
func holdersOf(file os.FileInfo) (pids []int) {
	names, _ := filepath.Glob("/proc/[0-9]*/comm") // fails for a malformed pattern only
	for _, name := range names {
		if text, err := os.ReadFile(name); err != nil || strings.TrimSpace(string(text)) != "postgres" {
			continue // it has ended meanwhile, or is another
		}
		process := filepath.Dir(name)
		descriptors, _ := filepath.Glob(process + "/fd/*")
		for _, descriptor := range descriptors {
			if info, err := os.Stat(descriptor); err != nil || !os.SameFile(info, file) {
				continue
			}
			if pid, err := strconv.Atoi(filepath.Base(process)); err == nil {
				pids = append(pids, pid)
			}
			break
		}
	}
	return pids
}

// isPostmaster says whether a process is a server of this cluster, by its command line, which those that it starts replace.
func (d *dataDir) isPostmaster(pid int) bool {
	command := commandOf(pid)
	if len(command) < 3 || filepath.Base(command[0]) != "postgres" || command[1] != "-D" {
		return false
	}
	served, err := os.Stat(command[2])
	own, ownErr := os.Stat(d.clusterPath())
	return err == nil && ownErr == nil && os.SameFile(served, own)
}

// parentOf is the parent of a process, 0 where there is none.
func parentOf(pid int) int {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:])) // after the name, which may hold anything
	if len(fields) < 2 {
		return 0
	}
	parent, _ := strconv.Atoi(fields[1])
	return parent
}

// commandOf is the command line of a process, empty where there is none.
func commandOf(pid int) []string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err == nil {
		return strings.Split(strings.TrimSuffix(string(text), "\x00"), "\x00")
	}
	if _, err := os.Stat("/proc/self"); err == nil {
		return nil // the process is gone
	}
	text, err = exec.CommandContext(context.Background(), "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return nil
	}
	program, rest, _ := strings.Cut(string(bytes.TrimSpace(text)), " -D ")
	dir, _, _ := strings.Cut(rest, " -c ") // see arguments
	return []string{program, "-D", dir}
}
