// The file that `holdfast init` writes: short, valid, and telling by example. What it probes is on
// this machine, so that a first run needs no network.

/** YAML text. */
export function initialFile(): string {
  return TEXT;
}

const TEXT = `# Holdfast asks these targets again and again, and tells when one stops answering.
#   holdfast validate    shows every fault of this file with its place and cure
#   holdfast up          runs it; changes to this file are taken up at once

defaults: # for every check that does not say otherwise
  interval: 30s # 5s to 5m; limits: {interval: {min: 1s}} allows shorter ones
  timeout: 5s # 1s to 60s, at most the interval

checks:
  - name: holdfast # 1 to 64 characters
    target: http://127.0.0.1:7070/healthz
    expect:
      status: 200 # or 2xx, 200-299, any, or a list

  # - name: website
  #   target: https://example.com/
  #   headers: {Accept: text/html, Authorization: "Bearer \${env:WEBSITE_TOKEN}"}
  #   expect:
  #     body: {contains: Welcome}
  #     certificateDays: 14 # the certificate is valid for at least so long
  #     that: total_ms < 800.0 && headers["content-type"].startsWith("text/html")
  #   labels: {team: web}

  # - name: database # a plain TCP connection
  #   target: tcp://127.0.0.1:5432
  #   interval: 10s

# channels: # whom to tell; with channels alone, every check tells all of them
#   - name: chat
#     type: webhook
#     url: \${env:CHAT_WEBHOOK_URL}
#   - name: mail
#     type: smtp
#     server: smtp://holdfast:\${env:SMTP_PASSWORD}@mail.example.com:587
#     from: holdfast@example.com
#     to: [oncall@example.com]

# alerts: # when to tell whom
#   - name: web is down
#     failures: 3 # bad runs in a row
#     match: {labels: {team: web}}
#     channels: [chat, mail]
`;
