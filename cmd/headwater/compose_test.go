package main

import (
	"cmp"
	"errors"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/spf13/cobra"
)

func compose(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{"../../docker-compose.yml"}, cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(t.Context())
}

func TestComposeFile(t *testing.T) {
	t.Parallel()
	project, err := compose(t, "POSTGRES_PASSWORD=secret")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"postgres", "headwater"} {
		service, err := project.GetService(name)
		if err != nil {
			t.Fatal(err)
		}
		if service.HealthCheck == nil || len(service.HealthCheck.Test) == 0 {
			t.Errorf("%s has no health check", name)
		}
		if service.Restart != types.RestartPolicyUnlessStopped {
			t.Errorf("%s is not started again after a crash", name)
		}
		for _, port := range service.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s is published on %q; expected loopback", name, port.HostIP)
			}
		}
	}
	database := project.Services["postgres"]
	if database.User == "" || len(database.Volumes) != 1 || project.Volumes[database.Volumes[0].Source].Name == "" {
		t.Errorf("the database runs as %q on %v; expected a user other than root and a named volume", database.User, database.Volumes)
	}
	for _, name := range []string{"migrate", "headwater"} {
		checkCommand(t, project.Services[name])
	}
	if after := project.Services["headwater"].DependsOn["migrate"].Condition; after != types.ServiceConditionCompletedSuccessfully {
		t.Errorf("the service starts when migrate is %q", after)
	}
}

// checkCommand says whether the command line and the environment are ones that the program knows.
func checkCommand(t *testing.T, service types.ServiceConfig) {
	t.Helper()
	command, known := commandOf(t, service)
	for name, value := range service.Environment {
		if name != "DATABASE_URL" && !slices.Contains(known, name) {
			t.Errorf("%s sets %s, which %s does not read", service.Name, name, command.CommandPath())
		}
		if value != nil && *value == "" && name != "HEADWATER_BOOTSTRAP_KEY_FILE" {
			t.Errorf("%s sets %s to nothing", service.Name, name)
		}
	}
}

// commandOf parses the command line of a service with its environment as serve does, and lists the variables that it reads.
func commandOf(t *testing.T, service types.ServiceConfig) (command *cobra.Command, known []string) {
	t.Helper()
	getenv := func(name string) string {
		known = append(known, name)
		if value := service.Environment[name]; value != nil {
			return *value
		}
		return ""
	}
	root := newRootCommand(getenv)
	command, rest, err := root.Find(service.Command)
	if err != nil || command == root {
		t.Fatalf("%s runs %q: %v", service.Name, service.Command, err)
	}
	if err := errors.Join(command.ParseFlags(rest), fromEnvironment(command.LocalFlags(), getenv)); err != nil {
		t.Errorf("%s runs %q: %v", service.Name, service.Command, err)
	}
	return command, known
}

// TestComposePassesEachSetting sets each variable of docs/configuration.md that serve reads, in the environment of compose, and
// reads it back from the flags of the command that the container runs.
func TestComposePassesEachSetting(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/configuration.md")
	if err != nil {
		t.Fatal(err)
	}
	// what the container has a value of its own for: compose makes the address from POSTGRES_PASSWORD, and no private PostgreSQL runs
	own := []string{"DATABASE_URL", "HEADWATER_DATA_DIR"}
	settings := map[string]string{} // by flag
	row := regexp.MustCompile("(?m)^\\| `--([a-z-]+)` \\| `([A-Z_]+)` \\| [^|]* \\| ([^|]*) \\|")
	for _, match := range row.FindAllStringSubmatch(string(page), -1) {
		flag, name, commands := match[1], match[2], match[3]
		if !slices.Contains(own, name) && (strings.HasPrefix(commands, "all") || strings.Contains(commands, "`serve`")) {
			settings[flag] = name
		}
	}
	if len(settings) < 25 {
		t.Fatalf("only %d settings are found in docs/configuration.md", len(settings))
	}
	valueOf := map[string]string{"bool": "true", "int": "7", "int32": "7", "int64": "7", "float64": "7", "duration": "7m0s"}
	env := []string{"POSTGRES_PASSWORD=secret"}
	project, err := compose(t, env...)
	if err != nil {
		t.Fatal(err)
	}
	command, _ := commandOf(t, project.Services["headwater"])
	wanted := map[string]string{}
	for flag, name := range settings {
		known := command.Flags().Lookup(flag)
		if known == nil {
			t.Fatalf("serve has no flag --%s, of which docs/configuration.md speaks", flag)
		}
		wanted[flag] = cmp.Or(valueOf[known.Value.Type()], "seven")
		env = append(env, name+"="+wanted[flag])
	}
	wanted["bootstrap-key-file"] = "/run/secrets/first_key"
	if project, err = compose(t, env...); err != nil {
		t.Fatal(err)
	}
	command, _ = commandOf(t, project.Services["headwater"])
	for flag, want := range wanted {
		if got := strings.Trim(command.Flags().Lookup(flag).Value.String(), "[]"); got != want {
			t.Errorf("--%s is %q in the container; expected %q, as %s says", flag, got, want, settings[flag])
		}
	}
	if file := project.Secrets["first_key"].File; file != "seven" && !strings.HasSuffix(file, "/seven") {
		t.Errorf("the file of the first key is %q; expected what HEADWATER_BOOTSTRAP_KEY_FILE says", file)
	}
}

func TestComposeFileAsksForAPassword(t *testing.T) {
	t.Parallel()
	if _, err := compose(t); err == nil || !strings.Contains(err.Error(), "POSTGRES_PASSWORD") {
		t.Errorf("without a password: %v", err)
	}
}
