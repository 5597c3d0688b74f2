/**
 * Stands in for the installer where a test is about who calls it and when: it keeps the digest it was given, says
 * what it changed in the installer's own form, and fails where a file `fail` lies beside it.
 */
export const standIn = `#!/bin/sh
# yizhan-host stand-in
home=/var/lib/yizhan/host
mkdir -p $home
echo "$1" >> $home/calls
case $1 in
apply)
  echo '{"type":"step","step":"apply","state":"started"}'
  if [ -e $home/fail ]; then
    echo '{"type":"failed","code":"disk-full","message":"The disk is full.","remedy":"Make room."}'
    exit 20
  fi
  [ ! -e $home/slow ] || sleep 5
  new=$(sha256sum < $home/inbox/manifest.json)
  [ "$new" = "$(cat $home/applied 2>/dev/null)" ] || echo '{"type":"changed","what":"release"}'
  echo "$new" > $home/applied
  ;;
status)
  echo '{"type":"result","result":{"health":"good"}}'
  ;;
test-call)
  [ "$2" = meet.mz.example.org ] || exit 2
  echo '{"type":"result","result":{"turn":{"username":"1:check","credential":"x"},"room":"check-1","tokens":["a","b","c"]}}'
  ;;
drift)
  if [ -e $home/drifted ]; then echo '{"type":"result","result":["/etc/nginx/nginx.conf"]}'; exit 16; fi
  echo '{"type":"result","result":[]}'
  ;;
handover)
  [ "$2" = --passphrase-file ] && [ "$4" = --output ] || exit 2
  head -c 3000000 /dev/urandom > "$5/MZ.handover"
  cat "$3" > $home/sealed-for
  sum=$(sha256sum < "$5/MZ.handover" | cut -c 1-64)
  echo '{"type":"result","result":{"archive":"'"$5/MZ.handover"'","sha256":"'$sum'","size":3000000,"certificate":{"destroyed":true}}}'
  ;;
destroy)
  rm -f $home/applied
  echo '{"type":"result","result":{"destroyed":true}}'
  ;;
esac
`;
