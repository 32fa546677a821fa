#!/usr/bin/env bash
# The guide's curl commands in a loop: what a person with its page and a list of users writes.
#
#   guide.sh assign FOLDER LIST    PATCH both values of every user in LIST, one request a user
#   guide.sh look FOLDER LIST      GET the values of every user in LIST
#
# LIST has a line a user: object id, default namespace, picture, separated by tabs.
# FOLDER has `settings` (bash) and `client_secret`. Unlike the guide, nothing secret stands on a
# command line; and a 429 is waited for, because values would be lost otherwise.
set -euo pipefail
what=$1 folder=$2 list=$3
. "$folder/settings"
umask 077

curl --silent --show-error --fail --cacert "$ca_file" \
  -X POST "$login_url/$tenant_id/oauth2/v2.0/token" \
  -d "client_id=$client_id" \
  --data-urlencode "client_secret@$folder/client_secret" \
  -d "scope=$graph_url/.default" \
  -d "grant_type=client_credentials" | jq -r '"Authorization: Bearer " + .access_token' >"$folder/authorization"

# Prints "STATUS RETRY-AFTER" of one request and leaves its answer in FOLDER/answer.
ask() {
  curl --silent --show-error --cacert "$ca_file" -o "$folder/answer" \
    -w '%{http_code} %header{retry-after}' -H "@$folder/authorization" "$@"
}

while IFS=$'\t' read -r object_id default_namespace picture; do
  while true; do
    if [ "$what" = assign ]; then
      status=$(ask -X PATCH "$graph_url/v1.0/users/$object_id" -H "Content-Type: application/json" -d "{
        \"$default_namespace_name\": \"$default_namespace\",
        \"$picture_name\": \"$picture\"
      }")
    else
      status=$(ask "$graph_url/v1.0/users/$object_id?\$select=id,$default_namespace_name,$picture_name")
    fi
    case $status in
    2*) break ;;
    429*) sleep "${status#429 }" ;;
    *)
      echo "$object_id: $status $(cat "$folder/answer")" >&2
      exit 1
      ;;
    esac
  done
done <"$list"
