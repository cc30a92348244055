//! Names of services: a random value under nothing but such a name is likely the key to it.

/// As one word of a name; in order, for the search.
#[rustfmt::skip]
const SERVICES: &[&str] = &[
    "ably", "abstractapi", "abuseipdb", "adafruit", "adobe", "adyen", "agora", "airbrake", "airtable", "aiven",
    "akamai", "alchemy", "algolia", "alibaba", "aliyun", "amplitude", "anthropic", "apify", "apollo", "appcenter",
    "artifactory", "asana", "assemblyai", "atlassian", "auth0", "aviationstack", "axiom", "azure", "backblaze",
    "bamboohr", "baremetrics", "baseten", "beamer", "bitbucket", "bitfinex", "bitly", "bitrise", "bittrex",
    "braintree", "branchio", "braze", "brevo", "browserstack", "bugsnag", "buildkite", "bunny", "buttercms",
    "calendly", "censys", "chargebee", "chartmogul", "circleci", "clarifai", "clearbit", "clerk", "clickhouse",
    "clickup", "cloudant", "cloudflare", "cloudinary", "cloudsmith", "codacy", "codeclimate", "codecov", "cohere",
    "coinbase", "confluent", "contentful", "contentstack", "cosmosdb", "couchbase", "coveralls", "currencylayer",
    "customerio", "cypress", "databricks", "datadog", "deepgram", "deepl", "deepseek", "delighted", "deviantart",
    "digitalocean", "discord", "disqus", "docker", "dockerhub", "docusign", "doppler", "droneci", "dropbox", "duffel",
    "dwolla", "dynatrace", "easypost", "ebay", "elastic", "elevenlabs", "etherscan", "etsy", "eventbrite", "exa",
    "facebook", "fastly", "figma", "finicity", "finnhub", "firebase", "fireworks", "fixer", "flickr", "flutterwave",
    "foursquare", "freshbooks", "freshdesk", "fullcontact", "fullstory", "gemini", "geoapify", "gitea", "github",
    "gitlab", "gitter", "gocardless", "godaddy", "grafana", "groq", "gumroad", "harness", "helpscout", "hereapi",
    "heroku", "hetzner", "honeycomb", "hubspot", "huggingface", "hunterio", "imagekit", "infura", "instagram",
    "intercom", "ipinfo", "ipstack", "iterable", "jenkins", "jfrog", "jira", "jotform", "jumpcloud", "keenio",
    "kickbox", "klaviyo", "kraken", "kucoin", "lacework", "launchdarkly", "linear", "linkedin", "linode", "livekit",
    "lob", "logdna", "loggly", "logzio", "lokalise", "looker", "mailchimp", "mailgun", "mailjet", "mandrill",
    "mapbox", "mattermost", "maxmind", "meraki", "mercadopago", "messagebird", "mistral", "mixpanel", "mollie",
    "moralis", "mux", "netlify", "newrelic", "newsapi", "nexmo", "ngrok", "notion", "numverify", "nylas", "nytimes",
    "okta", "onelogin", "onesignal", "openai", "opencage", "openrouter", "openweather", "openweathermap", "opsgenie",
    "optimizely", "ovh", "packagecloud", "pagerduty", "pandadoc", "papertrail", "paypal", "paystack", "pendo",
    "perplexity", "pinata", "pinecone", "pingdom", "pipedrive", "plaid", "planetscale", "plivo", "polygon", "postman",
    "postmark", "pubnub", "pushbullet", "pusher", "pushover", "quicknode", "rapidapi", "razorpay", "recaptcha",
    "replicate", "resend", "ringcentral", "rollbar", "salesforce", "salesloft", "sanity", "saucelabs", "scaleway",
    "scraperapi", "segment", "semrush", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "shippo", "shodan",
    "shopify", "shortcut", "shutterstock", "sinch", "slack", "snowflake", "snyk", "sonarqube", "sourcegraph",
    "sparkpost", "splunk", "spotify", "square", "squarespace", "statuscake", "storyblok", "strava", "stripe",
    "sumologic", "supabase", "tableau", "tavily", "telegram", "telnyx", "tencent", "terraform", "tiktok", "tinybird",
    "todoist", "travisci", "trello", "twilio", "twitch", "twitter", "typeform", "unsplash", "upstash", "uptimerobot",
    "urlscan", "vercel", "virustotal", "vonage", "vultr", "wakatime", "wandb", "weatherapi", "weatherstack", "webex",
    "webflow", "wistia", "woocommerce", "workos", "xendit", "yelp", "youtube", "zapier", "zendesk", "zerobounce",
    "zerotier", "zoho", "zoom",
];

/// Whether a word of a name is a service's.
pub(crate) fn is_service(word: &str) -> bool {
    SERVICES.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(SERVICES.is_sorted());
        assert!(is_service("stripe") && !is_service("customer"));
    }
}
