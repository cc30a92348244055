//! Names of services: a random value under nothing but such a name is likely the key to it.

/// As one word of a name; in order, for the search.
#[rustfmt::skip]
const SERVICES: &[&str] = &[
    "abbysale", "ably", "abstractapi", "abuseipdb", "accuweather", "adafruit", "adobe", "adyen", "adzuna",
    "aeroworkflow", "agora", "ai21", "ai71", "aikido", "airbrake", "airbyte", "airtable", "airvisual", "aiven",
    "akamai", "alchemy", "alconost", "alegra", "algolia", "alibaba", "alibabacloud", "alienvault", "aliyun",
    "allsports", "amadeus", "ambee", "amplitude", "anthropic", "anypoint", "apacta", "api2cart", "apideck",
    "apiflash", "apifonica", "apify", "apilayer", "apimatic", "apollo", "appcenter", "appcues", "appdynamics",
    "appfollow", "appsflyer", "appsync", "apptivo", "appwrite", "arcjet", "artifactory", "artsy", "asaas", "asana",
    "assembla", "assemblyai", "atlassian", "audd", "auth0", "authnet", "authorizenet", "authress", "autodesk",
    "autoklose", "avalara", "aviationstack", "axiom", "axonaut", "aylien", "ayrshare", "azure", "azurecr",
    "azuredevops", "backblaze", "baidu", "bamboohr", "bandwidth", "bannerbear", "baremetrics", "basecamp", "baseten",
    "beamer", "besttime", "betterstack", "bigcommerce", "bigquery", "billomat", "binance", "bingmaps", "bitbar",
    "bitbucket", "bitfinex", "bitly", "bitmex", "bitpay", "bitrise", "bittrex", "bitwarden", "blazemeter", "blitapp",
    "blockcypher", "blockfrost", "blynk", "bombbomb", "boostnote", "borgbase", "braintree", "branchio", "braze",
    "brevo", "browserbase", "browserless", "browserstack", "browshot", "buddyns", "bufferapp", "bugherd", "bugsnag",
    "builderio", "buildkite", "bunny", "bunnycdn", "bunnynet", "buttercms", "caflou", "calcom", "calendarific",
    "calendly", "campayn", "cannyio", "canva", "capsulecrm", "captaindata", "cartodb", "cashboard", "caspio",
    "censys", "cerebras", "cexio", "chainalysis", "chainstack", "chargebee", "chartmogul", "checkly", "checklyhq",
    "checkvist", "circleci", "clarifai", "clearbit", "clearout", "clerk", "clickhelp", "clickhouse", "clickmeter",
    "clicksend", "clickup", "cliengo", "clinchpad", "clockify", "clockworksms", "clojars", "closecrm", "closeio",
    "cloudant", "cloudconvert", "cloudelements", "cloudflare", "cloudflared", "cloudimage", "cloudinary",
    "cloudmersive", "cloudplan", "cloudsmith", "clustdoc", "cockroachdb", "cockroachlabs", "codacy", "codeclimate",
    "codecov", "coderabbit", "codeship", "cohere", "coinapi", "coinbase", "coingecko", "coinlayer", "coinlib",
    "coinmarketcap", "commercejs", "companyhub", "composio", "configcat", "confluence", "confluent", "contentful",
    "contentstack", "convertkit", "convex", "coralogix", "cosmosdb", "couchbase", "countrylayer", "coveralls", "coze",
    "cratesio", "crossmint", "crowdin", "crowdstrike", "cryptocompare", "currencycloud", "currencyfreaks",
    "currencylayer", "currencyscoop", "currentsapi", "customerguru", "customerio", "cyberark", "cypress", "dailyco",
    "databricks", "datadog", "datadoghq", "datagov", "datarobot", "datastax", "dbt", "dbtcloud", "deepai", "deepgram",
    "deepl", "deepseek", "defectdojo", "delighted", "demio", "detectify", "detectlanguage", "devcycle", "deviantart",
    "diffbot", "dify", "digitalocean", "discord", "discourse", "disqus", "dnsimple", "docker", "dockercloud",
    "dockerhub", "documo", "docusign", "doppler", "dotdigital", "dovico", "dronahq", "droneci", "dropbox", "duffel",
    "duosecurity", "dwolla", "dynadot", "dynatrace", "e2b", "easyinsight", "easypost", "ebay", "edamam", "edenai",
    "eightxeight", "elastic", "elasticemail", "elasticsearch", "elevenlabs", "enablex", "endorlabs", "equinix",
    "etherscan", "ethplorer", "etsy", "eventbrite", "eventhub", "everhour", "exchangerateapi", "exoscale", "expo",
    "facebook", "faceplusplus", "falai", "fastforex", "fastly", "fastspring", "fauna", "feedier", "fetchrss", "figma",
    "filestack", "financialmodelingprep", "finicity", "finnhub", "firebase", "firecrawl", "firehydrant", "fireworks",
    "fivetran", "fixerio", "flagsmith", "flatio", "flickr", "flightapi", "flightaware", "flightstats", "flowdock",
    "flowflu", "flutterwave", "flyio", "formbucket", "formio", "foursquare", "frameio", "freemius", "freshbooks",
    "freshdesk", "freshsales", "freshservice", "friendli", "fullcontact", "fullstory", "gemfury", "gemini",
    "gemstash", "gengo", "geoapify", "geocodify", "geocodio", "geoipify", "getresponse", "ghostinspector", "giphy",
    "gitbook", "gitea", "github", "gitkraken", "gitlab", "gitlabci", "gitter", "glassnode", "gmaps", "gocanvas",
    "gocardless", "godaddy", "googleapi", "googlemaps", "grafana", "graphcms", "graphhopper", "graylog", "greenhouse",
    "groovehq", "groq", "growthbook", "gumroad", "gusto", "gyazo", "hackerone", "hackertarget", "happyscribe",
    "hashicorp", "helicone", "hellosign", "helpcrunch", "helpscout", "hereapi", "heroku", "hetzner", "hexpm",
    "highnote", "hipchat", "hiveage", "holidayapi", "honeybadger", "honeycomb", "hootsuite", "hotjar", "html2pdf",
    "huawei", "hubspot", "huggingface", "hunterio", "hypertrack", "ibm", "iconfinder", "iexcloud", "imagekit",
    "imagga", "imgbb", "imgix", "imgur", "infisical", "influx", "influxdb", "infobip", "infracost", "infura",
    "inngest", "insightly", "instagram", "instantly", "integromat", "intercom", "intrinio", "intuit", "invoiceninja",
    "ionos", "iothub", "ipapi", "ipdata", "ipgeolocation", "ipify", "ipinfo", "ipinfodb", "ipqualityscore", "ipstack",
    "iterable", "jenkins", "jfrog", "jina", "jira", "jotform", "jumpcloud", "kaggle", "kagi", "kakao", "karmacrm",
    "keenio", "keycloak", "kibana", "kickbox", "klarna", "klaviyo", "klingai", "klipfolio", "kontent", "kraken",
    "kubecost", "kucoin", "lacework", "lambdatest", "langchain", "langfuse", "langsmith", "languagelayer", "laravel",
    "lastfm", "launchdarkly", "leadfeeder", "lemonsqueezy", "lessannoyingcrm", "linkedin", "linode", "liveagent",
    "liveblocks", "livechat", "livekit", "livestorm", "llamacloud", "lob", "localstack", "locationiq", "logdna",
    "loggly", "loginradius", "logrocket", "logtail", "logzio", "lokalise", "looker", "loyverse", "lusha",
    "mailboxlayer", "mailchimp", "mailerlite", "mailersend", "mailgun", "mailjet", "mailmodo", "mailsac", "mailtrap",
    "mandrill", "mapbox", "mapquest", "maptiler", "marketo", "marketstack", "mattermost", "mavenlink", "maxmind",
    "meaningcloud", "mediastack", "meilisearch", "meistertask", "memberstack", "meraki", "mercadolibre",
    "mercadopago", "mergify", "mesibo", "messagebird", "metabase", "midtrans", "mindmeister", "minimax", "mintlify",
    "mistral", "mixmax", "mixpanel", "mollie", "mongodb", "moonclerk", "moonshot", "moosend", "moralis", "mux",
    "myintervals", "n8n", "namecheap", "nasdaqdatalink", "naver", "nessus", "nethunt", "netlify", "neutrinoapi",
    "newrelic", "newsapi", "newscatcher", "nexmo", "nexus3", "nftport", "ngrok", "nightfall", "notion", "nozbe",
    "nuget", "numverify", "nutritionix", "nvidia", "nylas", "nytimes", "oanda", "octopusdeploy", "okta", "omnisend",
    "onelogin", "onepagecrm", "onesignal", "onfido", "oopspam", "openai", "opencage", "opencagedata", "opengraphr",
    "openrouter", "openrouteservice", "opensea", "openuv", "openvsx", "openweather", "openweathermap", "opsgenie",
    "optimizely", "ovh", "owlbot", "packagecloud", "pagerduty", "pandadoc", "pandascore", "paperspace", "papertrail",
    "paralleldots", "particleio", "partnerstack", "passbase", "pastebin", "paychex", "payfit", "paymongo", "payoneer",
    "paypal", "paystack", "paytm", "payu", "pdflayer", "pdfshift", "pendo", "peopledatalabs", "pepipost",
    "perplexity", "phantombuster", "pinata", "pinecone", "pingdom", "pingidentity", "pingone", "pinterest",
    "pipedrive", "pirsch", "pivotaltracker", "pixabay", "plaid", "planetscale", "planviewleankit", "plausible",
    "plivo", "pollinations", "poloniex", "polygonio", "polymarket", "portainer", "portkey", "positionstack",
    "postageapp", "posthog", "postman", "postmark", "prefect", "prismic", "privateai", "prodpad", "productboard",
    "prospectio", "proxycrawl", "pubnub", "pulumi", "purestake", "pushbullet", "pusher", "pusherchannels", "pushover",
    "pypi", "qdrant", "qianfan", "qualaroo", "qualtrics", "qualys", "quandl", "qubole", "quickbooks", "quicknode",
    "rabbitmq", "rainforestpay", "rapid7", "rapidapi", "raygun", "razorpay", "rdstation", "rebrandly", "rechargeapp",
    "recurly", "reddit", "redis", "redshift", "replicate", "resend", "retellai", "revenuecat", "revolut",
    "ringcentral", "ripple", "ritekit", "rocketreach", "rollbar", "rootly", "route4me", "rubygems", "rudderstack",
    "runpod", "runwayml", "sailthru", "salesblink", "salesflare", "salesforce", "salesloft", "sambanova", "samsara",
    "sanity", "saucelabs", "scaleway", "scalr", "scrapeowl", "scraperapi", "scraperbox", "scrapestack", "scrapfly",
    "scrapingant", "scrapingbee", "screenshotapi", "screenshotlayer", "scw", "seamapi", "securitytrails", "selectpdf",
    "semrush", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "serper", "serphouse", "serpstack",
    "serpwow", "servicebus", "servicenow", "sheety", "shipday", "shipengine", "shippo", "shipstation", "shodan",
    "shopify", "shopware", "shotstack", "shutterstock", "signalwire", "signaturit", "signifyd", "sigopt",
    "siliconflow", "simplesat", "sinch", "sirv", "sketchfab", "skybiometry", "slack", "smartsheet", "smartsheets",
    "smartystreets", "smooch", "smsapi", "smugmug", "snapchat", "snipcart", "snowflake", "snyk", "sonarcloud",
    "sonarqube", "sonatype", "soundcloud", "sourcegraph", "sparkpost", "splunk", "spnego", "spoonacular",
    "sportradar", "sportsmonk", "spotify", "sqreen", "squarespace", "squareup", "sslmate", "stabilityai", "stackhawk",
    "stackoverflow", "stackpath", "statsig", "statuscake", "statuspage", "steampowered", "stitchdata", "stockdata",
    "stormglass", "storyblok", "storychief", "strava", "stripe", "stytch", "subscan", "sugarcrm", "sumologic",
    "sumsub", "supabase", "supernotes", "surveymonkey", "surveysparrow", "svix", "swiftype", "tableau", "tailscale",
    "tallyfy", "tatumio", "tavily", "taxjar", "teamcity", "teamgate", "teamviewer", "telegram", "telnyx", "tenable",
    "tencent", "tencentcloud", "terraform", "testrail", "textlocal", "textmagic", "thingsboard", "thingspeak",
    "thinkific", "thousandeyes", "thycotic", "ticketmaster", "tiingo", "tiktok", "timezoneapi", "tinybird", "tmdb",
    "tmetric", "todoist", "togetherai", "toggl", "togglapi", "tomorrowio", "tomtom", "tradier", "travelpayouts",
    "travisci", "trello", "trendmicro", "triggerdev", "trustpilot", "turso", "twelvedata", "twelvelabs", "twilio",
    "twitch", "twitter", "typeform", "typesense", "ubidots", "unipile", "unkey", "unleash", "unsplash", "upcloud",
    "uplead", "uploadcare", "upstash", "uptimerobot", "urlscan", "userstack", "uservoice", "valtown", "vapi",
    "vastai", "veracode", "vercel", "verimail", "veriphone", "viber", "vimeo", "virustotal", "visualcrossing",
    "vkontakte", "vmware", "voicebase", "voiceflow", "vonage", "voyageai", "vpnapi", "vultr", "wakatime", "walkscore",
    "wandb", "warpstream", "wasabi", "watson", "weatherapi", "weatherbit", "weatherstack", "weaviate", "webex",
    "webflow", "webscraper", "webscraping", "wechat", "wepay", "whatsapp", "whoisxmlapi", "wistia", "wolfram",
    "wolframalpha", "woocommerce", "wordpress", "workato", "workos", "worldcoinindex", "worldweather", "wpengine",
    "wrike", "xai", "xata", "xendit", "xero", "yandex", "yelp", "yext", "yotpo", "yousign", "youtube", "zapier",
    "zendesk", "zenkit", "zenrows", "zenscrape", "zenserp", "zeplin", "zeplinio", "zerobounce", "zerotier", "zhipu",
    "zilliz", "zipapi", "zipcodeapi", "zoho", "zohocrm", "zonkafeedback", "zoom", "zoominfo", "zuplo",
];

/// Words of a name that one service's may be written in (`coin_market_cap`, `ai21`).
const MOST_WORDS: usize = 3;

/// Whether a word is a service's name.
pub(crate) fn is_service(word: &str) -> bool {
    SERVICES.binary_search(&word).is_ok()
}

/// Whether some of the words, alone or written together, are a service's name.
pub(crate) fn names_service(words: &[&str]) -> bool {
    (0..words.len()).any(|from| {
        (1..=MOST_WORDS).filter_map(|count| words.get(from..from + count)).any(|run| match run {
            [one] => is_service(one),
            more => is_service(&more.concat()),
        })
    })
}

/// Whether a name ends in a service's, in one word or several.
pub(crate) fn ends_in_service(words: &[&str]) -> bool {
    (1..=MOST_WORDS.min(words.len())).any(|count| is_service(&words[words.len() - count..].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(SERVICES.is_sorted());
        assert!(is_service("stripe") && !is_service("customer"));
        assert!(names_service(&["my", "coin", "market", "cap"]) && names_service(&["ai", "21"]));
        assert!(!names_service(&["customer", "order"]));
        assert!(ends_in_service(&["my", "ai", "21"]) && !ends_in_service(&["cloudflare", "zone"]));
    }
}
