// Command release makes, in the folder dist, what people install: archives of static programs, Debian packages, the package of the
// TypeScript client, the module of the Go client as a module proxy serves it, and a file of checksums. It is run in the root of the
// repository, and must not know what the program does.
//
// The same commit gives the same bytes: nothing in them is from the clock.
package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"

	"github.com/headwater-project/headwater"
)

// nfpm makes the Debian packages. It is run at a fixed version, and is no part of the module. Versions from 2.46 on need modules
// whose host a module proxy may not be allowed to ask.
const nfpm = "github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.45.2"

// clientModule is the path of the Go client's module, which is in the folder sdk/go.
const clientModule = "github.com/headwater-project/headwater/sdk/go"

type platform struct{ system, machine string }

// platforms are those that a release has programs for.
var platforms = []platform{{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}}

func main() {
	folder := flag.String("out", "dist", "folder that is made, or replaced")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := release(ctx, *folder)
	stop()
	if err != nil {
		slog.Error("no release was made", "error", err)
		os.Exit(1)
	}
}

// release makes everything in a folder beside the given one and puts it there once it is whole.
func release(ctx context.Context, folder string) (err error) {
	committed, err := commitTime(ctx)
	if err != nil {
		return err
	}
	making, err := os.MkdirTemp(filepath.Dir(folder), filepath.Base(folder)+"-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(making)) }()
	for _, p := range platforms {
		if err := makeProgram(ctx, making, p, committed); err != nil {
			return fmt.Errorf("the program for %s/%s: %w", p.system, p.machine, err)
		}
	}
	if err := makeNodePackage(ctx, making); err != nil {
		return fmt.Errorf("the client for TypeScript: %w", err)
	}
	if err := makeGoModule(filepath.Join(making, "goproxy"), committed); err != nil {
		return fmt.Errorf("the client for Go: %w", err)
	}
	if err := writeChecksums(making); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	// a temporary folder is for its owner alone
	if err := os.Chmod(making, 0o755); err != nil {
		return err
	}
	return os.Rename(making, folder)
}

// commitTime is the time of the commit: that of everything in the release.
func commitTime(ctx context.Context) (time.Time, error) {
	out, err := exec.CommandContext(ctx, "git", "log", "-1", "--format=%cI").Output()
	if err != nil {
		return time.Time{}, fmt.Errorf("git log: %w", err)
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
	return at.UTC(), err
}

// makeProgram builds the program for a platform, and packs it: into an archive, and on Linux into a Debian package as well.
func makeProgram(ctx context.Context, folder string, p platform, at time.Time) (err error) {
	building, err := os.MkdirTemp("", "headwater-release-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(building)) }()
	binary := filepath.Join(building, "headwater")
	env := []string{"CGO_ENABLED=0", "GOOS=" + p.system, "GOARCH=" + p.machine}
	// The commit is what headwater version says, whatever GOFLAGS leaves out of other builds.
	build := []string{"build", "-buildvcs=auto", "-trimpath", "-ldflags=-s -w", "-o", binary, "./cmd/headwater"}
	if err := run(ctx, ".", env, "go", build...); err != nil {
		return err
	}
	name := fmt.Sprintf("headwater_%s_%s_%s", headwater.Version, p.system, p.machine)
	err = makeArchive(filepath.Join(folder, name+".tar.gz"), name, []string{binary, "LICENSE", "README.md", "CHANGELOG.md"}, at)
	if err != nil || p.system != "linux" {
		return err
	}
	env = []string{"VERSION=" + headwater.Version, "ARCH=" + p.machine, "BINARY=" + binary, "SOURCE_DATE_EPOCH=" + fmt.Sprint(at.Unix())}
	return run(ctx, ".", env, "go", "run", nfpm, "package", "--config", "release/nfpm.yaml", "--packager", "deb", "--target", folder)
}

// makeArchive writes files into a folder of an archive. The first is a program, and can be executed.
func makeArchive(file, inside string, files []string, at time.Time) (err error) {
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	compressed := gzip.NewWriter(out)
	archive := tar.NewWriter(compressed)
	for i, name := range files {
		mode := int64(0o644)
		if i == 0 {
			mode = 0o755
		}
		content, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		header := &tar.Header{Name: path.Join(inside, filepath.Base(name)), Mode: mode, Size: int64(len(content)), ModTime: at}
		if err := archive.WriteHeader(header); err != nil {
			return err
		}
		if _, err := archive.Write(content); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), compressed.Close())
}

// makeNodePackage packs the client for TypeScript; npm builds it first, as its prepack says.
func makeNodePackage(ctx context.Context, folder string) error {
	target, err := filepath.Abs(folder)
	if err != nil {
		return err
	}
	return run(ctx, "sdk/typescript", nil, "npm", "pack", "--pack-destination", target)
}

// makeGoModule writes the client for Go as the files that a module proxy serves, those of the last commit: GOPROXY=file://…/goproxy
// reads them.
func makeGoModule(folder string, at time.Time) error {
	version := "v" + headwater.Version
	escaped, err := module.EscapePath(clientModule)
	if err != nil {
		return err
	}
	folder = filepath.Join(folder, filepath.FromSlash(escaped), "@v")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	info, err := json.Marshal(struct {
		Version string
		Time    time.Time
	}{version, at})
	if err != nil {
		return err
	}
	manifest, err := os.ReadFile("sdk/go/go.mod")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{"list": []byte(version + "\n"), version + ".info": info, version + ".mod": manifest} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	out, err := os.Create(filepath.Join(folder, version+".zip"))
	if err != nil {
		return err
	}
	return errors.Join(modzip.CreateFromVCS(out, module.Version{Path: clientModule, Version: version}, ".", "HEAD", "sdk/go"), out.Close())
}

// writeChecksums writes the file SHA256SUMS over all others, as sha256sum --check reads it.
func writeChecksums(folder string) error {
	var sums strings.Builder
	err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		sum, err := checksum(name)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(folder, name)
		fmt.Fprintf(&sums, "%x  %s\n", sum, filepath.ToSlash(relative))
		return err
	})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "SHA256SUMS"), []byte(sums.String()), 0o644)
}

func checksum(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	hash := sha256.New()
	_, err = io.Copy(hash, file)
	return hash.Sum(nil), err
}

// run runs a command in a folder, with some more environment, and shows what it prints.
func run(ctx context.Context, folder string, env []string, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir, command.Env = folder, append(os.Environ(), env...)
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
