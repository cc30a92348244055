//! Names of services: a random value under nothing but such a name is likely the key to it.

/// As one word of a name; in order, for the search.
#[rustfmt::skip]
const SERVICES: &[&str] = &[
    "ably", "abstractapi", "abuseipdb", "adafruit", "adobe", "adyen", "agora", "airbrake", "airbyte", "airtable",
    "aiven", "akamai", "alchemy", "algolia", "alibaba", "aliyun", "amplitude", "anthropic", "apify", "apollo",
    "appcenter", "appsync", "artifactory", "asana", "assemblyai", "atlassian", "auth0", "aviationstack", "axiom",
    "azure", "backblaze", "baidu", "bamboohr", "bandwidth", "baremetrics", "baseten", "beamer", "bitbucket",
    "bitfinex", "bitly", "bitrise", "bittrex", "braintree", "branchio", "braze", "brevo", "browserstack", "bugsnag",
    "buildkite", "bunny", "buttercms", "calendly", "censys", "chargebee", "chartmogul", "circleci", "clarifai",
    "clearbit", "clerk", "clickhouse", "clicksend", "clickup", "cloudant", "cloudflare", "cloudflared", "cloudinary",
    "cloudsmith", "codacy", "codeclimate", "codecov", "cohere", "coinbase", "confluent", "contentful", "contentstack",
    "convex", "cosmosdb", "couchbase", "coveralls", "currencylayer", "customerio", "cypress", "databricks", "datadog",
    "deepgram", "deepl", "deepseek", "delighted", "deviantart", "digitalocean", "discord", "disqus", "docker",
    "dockerhub", "docusign", "doppler", "droneci", "dropbox", "duffel", "dwolla", "dynatrace", "easypost", "ebay",
    "elastic", "elevenlabs", "etherscan", "etsy", "eventbrite", "expo", "facebook", "fastly", "fauna", "figma",
    "finicity", "finnhub", "firebase", "fireworks", "fivetran", "flickr", "flutterwave", "foursquare", "freshbooks",
    "freshdesk", "fullcontact", "fullstory", "gemini", "geoapify", "gitea", "github", "gitlab", "gitter",
    "gocardless", "godaddy", "grafana", "groq", "gumroad", "helpscout", "hereapi", "heroku", "hetzner", "honeybadger",
    "honeycomb", "huawei", "hubspot", "huggingface", "hunterio", "ibm", "imagekit", "infobip", "infura", "instagram",
    "intercom", "intuit", "ipinfo", "ipstack", "iterable", "jenkins", "jfrog", "jira", "jotform", "jumpcloud",
    "kaggle", "kakao", "keenio", "kickbox", "klarna", "klaviyo", "kraken", "kucoin", "lacework", "laravel",
    "launchdarkly", "linkedin", "linode", "livekit", "lob", "logdna", "loggly", "logzio", "lokalise", "looker",
    "mailchimp", "mailgun", "mailjet", "mandrill", "mapbox", "mattermost", "maxmind", "meraki", "mercadopago",
    "messagebird", "mistral", "mixpanel", "mollie", "mongodb", "moralis", "mux", "naver", "netlify", "newrelic",
    "newsapi", "nexmo", "ngrok", "notion", "numverify", "nylas", "nytimes", "okta", "onelogin", "onesignal", "openai",
    "opencage", "openrouter", "openweather", "openweathermap", "opsgenie", "optimizely", "ovh", "packagecloud",
    "pagerduty", "pandadoc", "papertrail", "paypal", "paystack", "pendo", "perplexity", "pinata", "pinecone",
    "pingdom", "pinterest", "pipedrive", "plaid", "planetscale", "plivo", "postman", "postmark", "pubnub",
    "pushbullet", "pusher", "pushover", "quickbooks", "quicknode", "rapidapi", "razorpay", "reddit", "replicate",
    "resend", "revolut", "ringcentral", "ripple", "rollbar", "salesforce", "salesloft", "sanity", "saucelabs",
    "scaleway", "scraperapi", "semrush", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "shippo",
    "shodan", "shopify", "shutterstock", "sinch", "slack", "snapchat", "snowflake", "snyk", "sonarqube",
    "sourcegraph", "sparkpost", "splunk", "spnego", "spotify", "squarespace", "statuscake", "storyblok", "strava",
    "stripe", "stytch", "sumologic", "supabase", "tableau", "tavily", "telegram", "telnyx", "tencent", "terraform",
    "tiktok", "tinybird", "todoist", "travisci", "trello", "twilio", "twitch", "twitter", "typeform", "unleash",
    "unsplash", "upstash", "uptimerobot", "urlscan", "vercel", "viber", "vimeo", "virustotal", "vonage", "vultr",
    "wakatime", "wandb", "watson", "weatherapi", "weatherstack", "webex", "webflow", "wechat", "whatsapp", "wistia",
    "woocommerce", "workos", "xata", "xendit", "xero", "yelp", "youtube", "zapier", "zendesk", "zerobounce",
    "zerotier", "zoho", "zoom", "zuplo",
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
