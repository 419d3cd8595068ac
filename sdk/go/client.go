package headwater

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Client asks a Headwater service. It may be used by several goroutines at once.
type Client struct {
	server  *url.URL
	key     string
	agent   string
	again   *retryablehttp.Client
	longest time.Duration
	seen    seen
}

// Option changes how a [Client] asks.
type Option func(*Client)

// WithKey sends an API key, as headwater key create prints it.
func WithKey(token string) Option { return func(c *Client) { c.key = token } }

// WithHTTPClient sends requests with a client of the caller's, for proxies, certificates or traces.
func WithHTTPClient(client *http.Client) Option {
	return func(c *Client) { c.again.HTTPClient = client }
}

// WithRetries says how often a request is sent again at most, and the longest wait before that: a service that asks for a
// longer one with Retry-After is not asked again. Without this, they are 4 and half a minute; 0 never sends again.
func WithRetries(most int, longest time.Duration) Option {
	return func(c *Client) { c.again.RetryMax, c.longest = most, longest }
}

// WithUserAgent says in the service's log who asks.
func WithUserAgent(agent string) Option { return func(c *Client) { c.agent = agent } }

// New makes a client of the service at an address such as http://127.0.0.1:8080. It asks nothing yet.
func New(server string, options ...Option) (*Client, error) {
	address, err := url.Parse(server)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return nil, fmt.Errorf("headwater: the address is %q; expected one such as http://127.0.0.1:8080", server)
	}
	c := &Client{server: address, agent: "headwater-go", again: retryablehttp.NewClient(), longest: 30 * time.Second}
	c.again.Logger = nil
	c.again.ErrorHandler = retryablehttp.PassthroughErrorHandler // the last answer is the caller's
	c.again.RetryWaitMin, c.again.RetryMax = 200*time.Millisecond, 4
	c.again.CheckRetry, c.again.Backoff = c.mayAskAgain, backoff
	for _, option := range options {
		option(c)
	}
	c.again.RetryWaitMax = max(c.longest, c.again.RetryWaitMin)
	return c, nil
}

// ErrNotModified says that the client has the right answer already: what IfNoneMatch names.
var ErrNotModified = errors.New("headwater: not modified")

// ETag names a version of a thing, for IfMatch and IfNoneMatch.
func ETag(version int) string { return strconv.Quote(strconv.Itoa(version)) }

const jsonMedia = "application/json"

// ask sends a request, unless it could not be made, and reads its answer.
func ask[T any](c *Client, req *http.Request, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	resp, err := c.send(req, jsonMedia)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer := new(T)
	if resp.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	if media, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type")); media != jsonMedia {
		return nil, fmt.Errorf("headwater: %s answers with %q; expected %s: is Headwater there?", req.URL, media, jsonMedia)
	}
	text, err := io.ReadAll(resp.Body)
	if err == nil {
		err = json.Unmarshal(text, answer)
	}
	if err != nil {
		return nil, fmt.Errorf("headwater: the answer of %s: %w", req.URL, err)
	}
	return answer, nil
}

// stream sends a request, unless it could not be made, and gives its answer as it comes.
func (c *Client) stream(req *http.Request, err error, mediaType string) (io.ReadCloser, error) {
	if err != nil {
		return nil, err
	}
	resp, err := c.send(req, mediaType)
	if err != nil {
		return nil, err
	}
	return resp.Body, nil
}

// send sends a request, again if need be. Any answer but a good one is an error.
func (c *Client) send(req *http.Request, accept string) (*http.Response, error) {
	req.Header.Set("Accept", accept)
	if reason := req.Header.Get(reasonHeader); reason != "" {
		req.Header.Set(reasonHeader, encodeHeader(reason))
	}
	req.Header.Set("User-Agent", c.agent)
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	c.seen.mark(req)
	resp, err := c.exchange(req)
	if err == nil {
		c.seen.keep(resp)
	}
	switch {
	case err != nil:
		return nil, err
	case resp.StatusCode/100 == 2:
		return resp, nil
	}
	defer resp.Body.Close()
	if resp.StatusCode == http.StatusNotModified {
		return nil, ErrNotModified
	}
	return nil, problemOf(resp)
}

const reasonHeader = "X-Change-Reason"

// encodeHeader writes a text that no header can hold as it is as RFC 8187 has it.
func encodeHeader(text string) string {
	const encoded = "UTF-8''"
	plain := !strings.HasPrefix(strings.ToUpper(text), encoded[:6])
	for _, r := range text {
		plain = plain && r >= ' ' && r <= '~'
	}
	if plain {
		return text
	}
	return encoded + strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

func (c *Client) exchange(req *http.Request) (*http.Response, error) {
	if req.Body != nil && req.GetBody == nil {
		return c.again.HTTPClient.Do(req) // what was read of the body cannot be read again
	}
	req = req.WithContext(context.WithValue(req.Context(), repeatable{}, mayRepeat(req)))
	repeated, length, body := &retryablehttp.Request{Request: req}, req.ContentLength, req.GetBody
	if body != nil {
		if err := repeated.SetBody(retryablehttp.ReaderFunc(func() (io.Reader, error) { return body() })); err != nil {
			return nil, err
		}
		repeated.ContentLength = length
	}
	return c.again.Do(repeated)
}
