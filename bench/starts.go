package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// starts measures the second start of the demo against starting its PostgreSQL alone.
func (b *bench) starts(ctx context.Context) error {
	dir := filepath.Join(b.folder, "demo")
	demo := func(ctx context.Context) (sample, error) {
		return runWatched(ctx, nil, io.Discard, b.program, "demo", "--once", "--data-dir", dir)
	}
	if _, err := demo(ctx); err != nil {
		return err
	}
	cluster := filepath.Join(dir, "postgres")
	_, err := b.compare(ctx, comparison{
		name: "demo --once, second start, against pg_ctl start", unit: "s", goal: atMostOver(2),
		figure: demo,
		ceiling: func(ctx context.Context) (sample, error) {
			began := time.Now()
			if err := pgCtl(ctx, cluster, "start", "-l", filepath.Join(cluster, "bench.log"), "-o",
				"-k "+cluster+" -c listen_addresses="); err != nil {
				return sample{}, err
			}
			s := sample{value: time.Since(began).Seconds()}
			return s, pgCtl(ctx, cluster, "stop", "-m", "fast")
		},
	})
	return err
}

// pgCtl runs pg_ctl as the user who owns the cluster.
func pgCtl(ctx context.Context, cluster, what string, more ...string) error {
	program, err := postgresProgram("pg_ctl")
	if err != nil {
		return err
	}
	info, err := os.Stat(cluster)
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, program, append([]string{what, "-w", "-D", cluster}, more...)...)
	cmd.Dir = cluster
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("pg_ctl %s: %w", what, err)
	}
	return nil
}

// postgresProgram finds a program of PostgreSQL on PATH, or where Debian installs it.
func postgresProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	found, globErr := filepath.Glob("/usr/lib/postgresql/*/bin/" + name)
	if globErr != nil || len(found) == 0 {
		return "", err
	}
	return found[len(found)-1], nil
}
