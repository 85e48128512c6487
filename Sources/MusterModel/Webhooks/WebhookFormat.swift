/// How a body is written.
public enum WebhookFormat: String, CaseIterable, Sendable {
    /// JSON for programs, as Standard Webhooks 1.0.0 wants it.
    case standard
    /// A card for a Workflow of Microsoft Teams.
    case teams
    /// A message for Slack, and for those who understand the same.
    case slack
    /// A card for Google Chat.
    case googleChat = "google-chat"
}
