"""Which AWS operation a request is for, and how its service refuses: by the models that AWS publishes with its SDK."""

import functools
import re
import urllib.parse

import botocore.exceptions
import botocore.loaders

LOADER = botocore.loaders.create_loader()
SIGNED_AS = {"tagging": "tag"}  # what permissions call otherwise than signatures do
MODELS = {"tag": "resourcegroupstaggingapi", "s3-control": "s3control"}  # what the models call otherwise than permissions do
CALLS = {"s3:GetAccountPublicAccessBlock": "s3-control:GetPublicAccessBlock"}  # permissions named otherwise than their call
CODES = {  # kind of fault: (status, code) of services that speak JSON, then of those that speak XML
    "deny": ((400, "AccessDeniedException"), (403, "AccessDenied")),
    "throttle": ((400, "ThrottlingException"), (400, "Throttling")),
    "error": ((500, "InternalServerError"), (500, "ServiceFailure")),
    "expire": ((400, "ExpiredTokenException"), (403, "ExpiredToken")),
    "skew": ((400, "InvalidSignatureException"), (403, "SignatureDoesNotMatch")),
}


@functools.cache
def model(service):
    return LOADER.load_service_model(MODELS.get(service, service), "service-2")


@functools.cache
def targets():
    """Services by the prefix of their `X-Amz-Target`, for a request that nobody signed."""
    return {model(name)["metadata"]["targetPrefix"]: name for name in ("dynamodb", "kms")}


@functools.cache
def routes(service):
    """Method, path as a pattern, names that the query must hold, and name, of each operation of a REST service."""
    found = []
    for name, operation in model(service)["operations"].items():
        path, _, query = operation["http"]["requestUri"].partition("?")
        pattern = re.sub(r"\\{[^/]*?\\}", "[^/]+", re.escape(path.rstrip("/")))
        names = {part.partition("=")[0] for part in query.split("&") if part}
        found.append((operation["http"]["method"], re.compile(pattern + "/?"), names, name))
    return sorted(found, key=lambda route: -len(route[2]))  # the most particular first


def identify(headers, body, method="POST", path="/"):
    """`service:Operation` of a request: by its target, by its form, or by its path."""
    scope = re.search(r"Credential=[^/,]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    prefix, _, operation = headers.get("X-Amz-Target", "").rpartition(".")
    service = SIGNED_AS.get(scope[1], scope[1]) if scope else targets().get(prefix, "?")
    if service == "s3" and path.startswith("/v20180820/"):
        service = "s3-control"  # both are signed for as one
    if not operation:
        operation = urllib.parse.parse_qs(body.decode("latin-1")).get("Action", [None])[0]
    return f"{service}:{operation or (scope and by_path(service, method, path)) or '?'}"


def by_path(service, method, path):
    if not model(service)["metadata"]["protocol"].startswith("rest-"):
        return None
    parts = urllib.parse.urlsplit(path)
    asked = set(urllib.parse.parse_qs(parts.query, keep_blank_values=True))
    return next((name for verb, pattern, names, name in routes(service)
                 if verb == method and pattern.fullmatch(parts.path) and names <= asked), None)


@functools.cache
def paging(operation):
    """The name that asks for a page of a list, the one that leads to the next page, and the one that says there is more."""
    service, _, name = operation.partition(":")
    try:
        pages = LOADER.load_service_model(MODELS.get(service, service), "paginators-1")["pagination"][name]
    except (botocore.exceptions.UnknownServiceError, botocore.exceptions.DataNotFoundError, KeyError):
        return None
    names = [pages["input_token"], pages["output_token"], pages.get("more_results")]
    return tuple(names) if all(name is None or str(name).isidentifier() for name in names) else None


def refusal(operation, kind):
    """The answer of a service that refuses: as (status, headers, body)."""
    service, _, name = operation.partition(":")
    words, speaks = f"refused by the test: {name}", model(service)["metadata"]
    if kind == "skew":
        words = "Signature expired: 20200101T000000Z is now earlier than 20200101T000500Z"
    if speaks["protocol"] in ("query", "ec2", "rest-xml"):
        status, code = CODES[kind][1]
        error = f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{words}</Message></Error>"
        shape = {"query": "<ErrorResponse>{}<RequestId>0</RequestId></ErrorResponse>",
                 "ec2": "<Response><Errors>{}</Errors><RequestID>0</RequestID></Response>",
                 "rest-xml": "{}"}[speaks["protocol"]]
        return status, [("Content-Type", "text/xml")], shape.format(error).encode()
    status, code = CODES[kind][0]
    if service == "dynamodb" and kind == "throttle" and name == "Scan":
        code = "ProvisionedThroughputExceededException"
    if speaks["protocol"] == "rest-json":
        headers = [("Content-Type", "application/json"), ("x-amzn-errortype", code)]
        return status, headers, f'{{"message":"{words}"}}'.encode()
    space = {"dynamodb": "com.amazonaws.dynamodb.v20120810", "kms": "com.amazonaws.kms"}.get(service, "com.amazonaws")
    return (status, [("Content-Type", f"application/x-amz-json-{speaks['jsonVersion']}")],
            f'{{"__type":"{space}#{code}","message":"{words}"}}'.encode())
