# syntax=docker/dockerfile:1
FROM golang:1.26-alpine AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o /headwater ./cmd/headwater

FROM alpine:3.22
# no root: a user and group that own nothing but the folder for the key that signs the log of changes
RUN addgroup -S -g 10001 headwater && adduser -S -D -H -u 10001 -G headwater headwater \
    && install -d -o headwater -g headwater -m 0700 /var/lib/headwater
COPY --from=build /headwater /usr/local/bin/headwater
USER 10001:10001
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/readyz"]
ENTRYPOINT ["headwater"]
CMD ["serve"]
