package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"github.com/headwater-project/headwater"
	"github.com/headwater-project/headwater/store"
)

func newKeyCommand(connect func() connection) *cobra.Command {
	command := &cobra.Command{
		Use:   "key",
		Short: "Make, list and end the keys that programs use the service with",
		Long: `Make, list and end the keys that programs use the service with. A key's token is shown once, when it is made, and stored
nowhere. Scopes: read; write and review (accept, reject, verdicts), which include read; admin, which includes all.`,
		Example: `  headwater key create --name dashboard --scope read
  headwater key list
  headwater key rotate 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60
  headwater key revoke 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60`,
	}
	command.AddCommand(newKeyCreateCommand(connect), newKeyListCommand(connect), newKeyRotateCommand(connect), newKeyRevokeCommand(connect),
		newKeyTokenCommand())
	return command
}

func newKeyCreateCommand(connect func() connection) *cobra.Command {
	var name, expires, reason string
	var scopes []string
	command := &cobra.Command{
		Use: "create", Short: "Make a key and show its token", Args: cobra.NoArgs,
		Example: `  headwater key create --name importer --scope write --expires 2027-06-30`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			fields := headwater.APIKeyFields{Name: name}
			for _, scope := range scopes {
				fields.Scopes = append(fields.Scopes, headwater.Scope(scope))
			}
			if expires != "" {
				moment, err := headwater.ParseMoment(expires)
				if err != nil {
					return fmt.Errorf("--expires: %w", err)
				}
				end := moment.Latest()
				fields.ExpiresAt = &end
			}
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				made, err := s.CreateKey(cmd.Context(), authorship(reason), fields)
				if err != nil {
					return err
				}
				return showToken(cmd.OutOrStdout(), made)
			})
		},
	}
	command.Flags().StringVar(&name, "name", "", "what the key is for")
	command.Flags().StringArrayVar(&scopes, "scope", nil, "read, write, review or admin; repeatable")
	completeWith(command, "scope", headwater.Scope("").Values()...)
	command.Flags().StringVar(&expires, "expires", "", "last day (EDTF) or moment (RFC 3339); never if not given")
	addReason(command, &reason, "why, for the history")
	return command
}

func newKeyTokenCommand() *cobra.Command {
	return &cobra.Command{
		Use: "token", Short: "Print a new token, of no key yet", Args: cobra.NoArgs,
		Long: `Print a new token, and store it nowhere. A file that holds it makes the first key: serve --bootstrap-key-file.`,
		Example: `  headwater key token > first.key
  headwater serve --addr 0.0.0.0:8080 --bootstrap-key-file first.key`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintln(cmd.OutOrStdout(), headwater.NewToken())
			return err
		},
	}
}

// bootstrapKey is the name of the key that is made from a file.
const bootstrapKey = "bootstrap"

// createFirstKey makes the first key, with the scope admin, from the token in a file. Where there is a key it changes nothing, so
// that a service may be started with the file again.
func createFirstKey(ctx context.Context, s *store.Store, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("--bootstrap-key-file: %w", err)
	}
	text := strings.TrimSpace(string(content))
	token, ok := headwater.ParseToken(text)
	if !ok || len(text) != len(headwater.NewToken().String()) {
		return fmt.Errorf("--bootstrap-key-file %s holds no token; expected what headwater key token prints", file)
	}
	fields := headwater.APIKeyFields{Name: bootstrapKey, Scopes: []headwater.Scope{headwater.ScopeAdmin}}
	made, err := s.CreateFirstKey(ctx, authorship(""), fields, token)
	if err != nil {
		return err
	}
	if made {
		slog.InfoContext(ctx, "the first key was made", "name", bootstrapKey, "scope", headwater.ScopeAdmin)
	} else {
		slog.InfoContext(ctx, "a key was made before: --bootstrap-key-file is not used")
	}
	return nil
}

func showToken(w io.Writer, made store.MadeKey) error {
	_, err := fmt.Fprintf(w, "%s\n\nThis is the token of the key %q (%s), shown once:\nsend it as Authorization: Bearer TOKEN.\n",
		made.Token, made.Name, made.ID)
	return err
}

func newKeyListCommand(connect func() connection) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the keys, without their tokens", Args: cobra.NoArgs, Example: "  headwater key list",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return connect().withStore(cmd.Context(), func(s *store.Store) error {
				table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
				fmt.Fprintln(table, "ID\tNAME\tPREFIX\tSCOPES\tLAST USED\tSTATE")
				for cursor := ""; ; {
					page, err := s.Keys(cmd.Context(), store.Paging{Limit: store.MaxLimit, Cursor: cursor})
					if err != nil {
						return err
					}
					for _, key := range page.Items {
						fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, headwater.VisibleLine(key.Name), key.Prefix,
							joinScopes(key.Scopes), lastUsed(key),
							keyState(key))
					}
					if cursor = page.NextCursor; cursor == "" {
						return table.Flush()
					}
				}
			})
		},
	}
}

func joinScopes(scopes []headwater.Scope) string {
	var words []string
	for _, scope := range scopes {
		words = append(words, string(scope))
	}
	return strings.Join(words, ",")
}

func lastUsed(key headwater.APIKey) string {
	if key.LastUsedAt == nil {
		return "never"
	}
	return key.LastUsedAt.Format(time.DateTime)
}

func keyState(key headwater.APIKey) string {
	switch {
	case key.RevokedAt != nil:
		return "revoked"
	case !key.Valid(time.Now()):
		return "expired"
	case key.ExpiresAt != nil:
		return "until " + key.ExpiresAt.Format(time.DateTime)
	}
	return "valid"
}

func newKeyRotateCommand(connect func() connection) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use: "rotate ID", Short: "Give a key another token; the one before ends at once", Args: cobra.ExactArgs(1),
		Example: "  headwater key rotate 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withKey(cmd, connect, args[0], func(s *store.Store, id uuid.UUID) error {
				made, err := s.RotateKey(cmd.Context(), authorship(reason), id)
				if err != nil {
					return err
				}
				return showToken(cmd.OutOrStdout(), made)
			})
		},
	}
	addReason(command, &reason, "why, for the history")
	return command
}

func newKeyRevokeCommand(connect func() connection) *cobra.Command {
	var reason string
	command := &cobra.Command{
		Use: "revoke ID", Short: "End a key for good", Args: cobra.ExactArgs(1),
		Example: "  headwater key revoke 0199f3a2-7c1e-7d3a-9f00-1b2c3d4e5f60",
		RunE: func(cmd *cobra.Command, args []string) error {
			return withKey(cmd, connect, args[0], func(s *store.Store, id uuid.UUID) error {
				key, err := s.RevokeKey(cmd.Context(), authorship(reason), id)
				if err != nil {
					return err
				}
				_, err = fmt.Fprintf(cmd.OutOrStdout(), "the key %q (%s) is revoked\n", key.Name, key.ID)
				return err
			})
		},
	}
	addReason(command, &reason, "why, for the history")
	return command
}

func withKey(cmd *cobra.Command, connect func() connection, given string, do func(*store.Store, uuid.UUID) error) error {
	id, err := headwater.ParseID(given)
	if err != nil {
		return fmt.Errorf("%q is no key's id; expected one that headwater key list shows", given)
	}
	return connect().withStore(cmd.Context(), func(s *store.Store) error { return do(s, id) })
}
