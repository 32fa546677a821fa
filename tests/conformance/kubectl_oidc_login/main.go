// kubectl-oidc_login signs a person in for kubectl, by the two libraries that int128/kubelogin does
// it with: go-oidc and x/oauth2. It takes those of kubelogin's options that this project's
// kubeconfigs name, and what a test needs (--grant-type, --force-refresh), and refuses any other.
// https://github.com/int128/kubelogin/blob/master/docs/usage.md
package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const patience = 2 * time.Minute

type texts []string

func (t *texts) String() string { return strings.Join(*t, ",") }

func (t *texts) Set(text string) error {
	*t = append(*t, text)
	return nil
}

type options struct {
	issuer, clientID, clientSecret, pkceMethod, redirectURL, grantType string
	extraScopes, listenAddresses                                       texts
	forceRefresh                                                       bool
}

// cached is what is kept between two calls, as kubelogin keeps it below ~/.kube/cache/oidc-login.
type cached struct {
	IDToken      string `json:"id_token"`
	RefreshToken string `json:"refresh_token"`
}

type client struct {
	options
	provider *oidc.Provider
	config   oauth2.Config
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, arguments []string) error {
	given, err := parse(arguments)
	if err != nil {
		return err
	}
	file, err := cacheFile(arguments)
	if err != nil {
		return err
	}
	// Discovery: the document's issuer has to be the given one to the letter.
	provider, err := oidc.NewProvider(ctx, given.issuer)
	if err != nil {
		return fmt.Errorf("discovery: %w", err)
	}
	c := &client{options: given, provider: provider, config: oauth2.Config{
		ClientID:     given.clientID,
		ClientSecret: given.clientSecret,
		Endpoint:     provider.Endpoint(),
		RedirectURL:  given.redirectURL,
		Scopes:       append(slices.Clone(given.extraScopes), oidc.ScopeOpenID),
	}}
	before := read(file)
	if !given.forceRefresh && before.IDToken != "" {
		if token, err := c.verify(ctx, before.IDToken, ""); err == nil {
			return write(before.IDToken, token.Expiry)
		}
	}
	got, nonce, err := c.tokens(ctx, before)
	if err != nil {
		return err
	}
	idToken, ok := got.Extra("id_token").(string)
	if !ok {
		return errors.New("the answer of the token endpoint has no id_token")
	}
	verified, err := c.verify(ctx, idToken, nonce)
	if err != nil {
		return err
	}
	if err := keep(file, cached{IDToken: idToken, RefreshToken: got.RefreshToken}); err != nil {
		return err
	}
	return write(idToken, verified.Expiry)
}

func parse(arguments []string) (options, error) {
	var given options
	if len(arguments) == 0 || arguments[0] != "get-token" {
		return given, errors.New("the one command is get-token")
	}
	flags := flag.NewFlagSet("get-token", flag.ContinueOnError)
	flags.StringVar(&given.issuer, "oidc-issuer-url", "", "")
	flags.StringVar(&given.clientID, "oidc-client-id", "", "")
	flags.StringVar(&given.clientSecret, "oidc-client-secret", "", "")
	flags.StringVar(&given.pkceMethod, "oidc-pkce-method", "auto", "auto, no or S256")
	flags.StringVar(&given.redirectURL, "oidc-redirect-url", "http://localhost:8000", "")
	flags.StringVar(&given.grantType, "grant-type", "authcode", "authcode or device-code")
	flags.Var(&given.extraScopes, "oidc-extra-scope", "")
	flags.Var(&given.listenAddresses, "listen-address", "")
	flags.BoolVar(&given.forceRefresh, "force-refresh", false, "")
	if err := flags.Parse(arguments[1:]); err != nil {
		return given, err
	}
	if len(given.listenAddresses) == 0 {
		given.listenAddresses = texts{"127.0.0.1:8000", "127.0.0.1:18000"}
	}
	return given, nil
}

// tokens refreshes, when there is something to refresh with that is still good, or signs in.
func (c *client) tokens(ctx context.Context, before cached) (*oauth2.Token, string, error) {
	if before.RefreshToken != "" {
		old := &oauth2.Token{RefreshToken: before.RefreshToken}
		got, err := c.config.TokenSource(ctx, old).Token()
		if err == nil {
			fmt.Fprintln(os.Stderr, "refreshed")
			return got, "", nil
		}
		fmt.Fprintln(os.Stderr, "could not refresh:", err)
	}
	if c.grantType == "device-code" {
		got, err := c.byDeviceCode(ctx)
		return got, "", err
	}
	return c.byBrowser(ctx)
}

func (c *client) byDeviceCode(ctx context.Context) (*oauth2.Token, error) {
	device, err := c.config.DeviceAuth(ctx)
	if err != nil {
		return nil, fmt.Errorf("device authorization: %w", err)
	}
	fmt.Fprintf(os.Stderr, "Open %s and enter %s\n", device.VerificationURI, device.UserCode)
	return c.config.DeviceAccessToken(ctx, device)
}

// byBrowser waits at the redirect URI while the person signs in.
func (c *client) byBrowser(ctx context.Context) (*oauth2.Token, string, error) {
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	asked := []oauth2.AuthCodeOption{oauth2.AccessTypeOffline, oidc.Nonce(nonce)}
	var redeemed []oauth2.AuthCodeOption
	if c.usesPKCE() {
		asked = append(asked, oauth2.S256ChallengeOption(verifier))
		redeemed = append(redeemed, oauth2.VerifierOption(verifier))
	}
	listener, err := listen(c.listenAddresses)
	if err != nil {
		return nil, "", err
	}
	codes, failures := make(chan string, 1), make(chan error, 1)
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			query := r.URL.Query()
			switch {
			case query.Has("error"):
				offer(failures, fmt.Errorf("%s: %s", query.Get("error"), query.Get("error_description")))
				http.Error(w, "not signed in", http.StatusForbidden)
			case !query.Has("code"):
				http.Redirect(w, r, c.config.AuthCodeURL(state, asked...), http.StatusFound)
			case query.Get("state") != state:
				offer(failures, errors.New("the state is not the one that was sent"))
				http.Error(w, "not signed in", http.StatusForbidden)
			default:
				offer(codes, query.Get("code"))
				fmt.Fprintln(w, "You are signed in.")
			}
		})}
	go func() { _ = server.Serve(listener) }()
	// The browser gets its page before the listener closes.
	defer func() { _ = server.Shutdown(ctx) }()
	// kubelogin opens its own address, which leads on to the issuer.
	if err := exec.CommandContext(ctx, "xdg-open", "http://"+listener.Addr().String()).Start(); err != nil {
		return nil, "", fmt.Errorf("opening a browser: %w", err)
	}
	select {
	case code := <-codes:
		got, err := c.config.Exchange(ctx, code, redeemed...)
		return got, nonce, err
	case err := <-failures:
		return nil, "", err
	case <-ctx.Done():
		return nil, "", ctx.Err()
	}
}

// usesPKCE is kubelogin's choice: "auto" takes what the discovery document offers.
func (c *client) usesPKCE() bool {
	var document struct {
		Methods []string `json:"code_challenge_methods_supported"`
	}
	if c.pkceMethod == "auto" && c.provider.Claims(&document) == nil {
		return slices.Contains(document.Methods, "S256")
	}
	return c.pkceMethod == "S256"
}

func (c *client) verify(ctx context.Context, idToken, nonce string) (*oidc.IDToken, error) {
	token, err := c.provider.Verifier(&oidc.Config{ClientID: c.clientID}).Verify(ctx, idToken)
	if err != nil {
		return nil, err
	}
	if nonce != "" && token.Nonce != nonce {
		return nil, errors.New("the nonce of the ID token is not the one that was sent")
	}
	return token, nil
}

func offer[T any](channel chan T, value T) {
	select {
	case channel <- value:
	default:
	}
}

func listen(addresses []string) (net.Listener, error) {
	var failed error
	for _, address := range addresses {
		listener, err := net.Listen("tcp", address)
		if err == nil {
			return listener, nil
		}
		failed = errors.Join(failed, err)
	}
	return nil, failed
}

func cacheFile(arguments []string) (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	kept := slices.DeleteFunc(slices.Clone(arguments), func(argument string) bool {
		return argument == "--force-refresh"
	})
	digest := sha256.Sum256([]byte(strings.Join(kept, "\n")))
	return filepath.Join(home, ".kube", "cache", "oidc-login", hex.EncodeToString(digest[:])), nil
}

func read(file string) cached {
	var found cached
	if content, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(content, &found)
	}
	return found
}

func keep(file string, tokens cached) error {
	content, err := json.Marshal(tokens)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, content, 0o600)
}

func write(idToken string, expires time.Time) error {
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"apiVersion": "client.authentication.k8s.io/v1",
		"kind":       "ExecCredential",
		"status": map[string]any{
			"token":               idToken,
			"expirationTimestamp": expires.UTC().Format(time.RFC3339),
		},
	})
}
